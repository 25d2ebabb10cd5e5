package dev.holdfast.client;

import java.util.List;

/**
 * Who holds a lock, and who waits for it.
 *
 * @param info how this was answered
 * @param lock the name that was asked for
 * @param holders empty if the lock is free
 * @param queue the first waiting requests, as many as were asked for
 * @param queueLength how many wait altogether
 */
public record LockCheck(
    ReadInfo info, String lock, List<LockHolder> holders, List<LockWaiter> queue, int queueLength) {
  /** Whether nobody holds it. */
  public boolean isFree() {
    return holders.isEmpty();
  }
}
