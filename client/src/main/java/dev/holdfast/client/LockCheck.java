package dev.holdfast.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a lock, and who waits for it.
 *
 * @param info how this was answered
 * @param lock the name that was asked for
 * @param holders empty if the lock is free; at most 10,000, those with the smallest tokens
 * @param holderCount how many hold it altogether
 * @param queue the first waiting requests, as many as were asked for
 * @param queueLength how many wait altogether
 * @param reservations for whom it is kept, though they do not hold it any more
 * @param value what a holder has left with it; null if nothing
 */
public record LockCheck(
    ReadInfo info,
    String lock,
    List<LockHolder> holders,
    int holderCount,
    List<LockWaiter> queue,
    int queueLength,
    List<LockReservation> reservations,
    @Nullable LockValue value) {
  /** One with all its holders, without reservations and value. */
  public LockCheck(
      ReadInfo info,
      String lock,
      List<LockHolder> holders,
      List<LockWaiter> queue,
      int queueLength) {
    this(info, lock, holders, holders.size(), queue, queueLength, List.of(), null);
  }

  /** Whether nobody holds it; it may be reserved all the same. */
  public boolean isFree() {
    return holders.isEmpty();
  }
}
