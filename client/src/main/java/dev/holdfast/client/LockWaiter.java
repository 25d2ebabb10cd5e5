package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A waiting request, as the cluster sees it.
 *
 * @param lock what it waits for
 * @param sessionId whose session
 * @param owner who in that session
 * @param label what the session says about itself
 * @param mode how it is to be held; null for permits
 * @param ticket the revision at which the request came
 * @param waitedMillis for how long, on the cluster's clock
 * @param position 1 is next
 * @param permits how many permits it wants; 0 for a mode
 */
public record LockWaiter(
    String lock,
    long sessionId,
    String owner,
    String label,
    @Nullable Mode mode,
    long ticket,
    long waitedMillis,
    int position,
    int permits) {
  /** One that wants a mode. */
  public LockWaiter(
      String lock,
      long sessionId,
      String owner,
      String label,
      Mode mode,
      long ticket,
      long waitedMillis,
      int position) {
    this(lock, sessionId, owner, label, mode, ticket, waitedMillis, position, 0);
  }
}
