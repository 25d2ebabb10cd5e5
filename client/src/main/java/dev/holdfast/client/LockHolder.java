package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A grant, as the cluster sees it.
 *
 * @param lock what is held
 * @param sessionId whose session
 * @param owner who in that session
 * @param token the fencing token
 * @param mode how it is held; null for permits
 * @param label what the session says about itself
 * @param clientId the UUID that the client made for itself
 * @param heldMillis for how long, on the cluster's clock
 * @param leaseLeftMillis left of a fixed lease; -1 when kept alive with the session
 * @param sessionLeftMillis left until the session expires if it is not renewed
 * @param permits how many permits it holds; 0 for a mode
 */
public record LockHolder(
    String lock,
    long sessionId,
    String owner,
    long token,
    @Nullable Mode mode,
    String label,
    String clientId,
    long heldMillis,
    long leaseLeftMillis,
    long sessionLeftMillis,
    int permits) {
  /** One that holds a mode. */
  public LockHolder(
      String lock,
      long sessionId,
      String owner,
      long token,
      Mode mode,
      String label,
      String clientId,
      long heldMillis,
      long leaseLeftMillis,
      long sessionLeftMillis) {
    this(
        lock,
        sessionId,
        owner,
        token,
        mode,
        label,
        clientId,
        heldMillis,
        leaseLeftMillis,
        sessionLeftMillis,
        0);
  }
}
