package dev.holdfast.client;

import java.util.List;

/**
 * One lock of a list.
 *
 * @param lock its name
 * @param holders who holds it
 * @param queueLength how many wait for it
 * @param reservations for whom it is kept, though they do not hold it any more
 */
public record LockSummary(
    String lock, List<LockHolder> holders, int queueLength, List<LockReservation> reservations) {
  /** One without reservations. */
  public LockSummary(String lock, List<LockHolder> holders, int queueLength) {
    this(lock, holders, queueLength, List.of());
  }
}
