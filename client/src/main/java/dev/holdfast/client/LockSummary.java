package dev.holdfast.client;

import java.util.List;

/**
 * One lock of a list.
 *
 * @param lock its name
 * @param holders who holds it; at most 10, those with the smallest tokens
 * @param holderCount how many hold it altogether
 * @param queueLength how many wait for it
 * @param reservations for whom it is kept, though they do not hold it any more
 */
public record LockSummary(
    String lock,
    List<LockHolder> holders,
    int holderCount,
    int queueLength,
    List<LockReservation> reservations) {
  /** One with all its holders, without reservations. */
  public LockSummary(String lock, List<LockHolder> holders, int queueLength) {
    this(lock, holders, holders.size(), queueLength, List.of());
  }
}
