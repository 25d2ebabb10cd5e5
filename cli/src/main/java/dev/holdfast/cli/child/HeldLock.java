package dev.holdfast.cli.child;

import java.util.concurrent.CompletionStage;

/** A lock that this program holds. */
public interface HeldLock {
  /** The fencing token of the grant. */
  long token();

  /**
   * Completes with the reason, one line for a person, as soon as the lock may no longer be counted
   * on; never, if it is released first. Completed on a thread of the client library.
   */
  CompletionStage<String> lost();

  /**
   * Gives the lock back. Waits a few seconds at most.
   *
   * @throws InterruptedException the wait was interrupted; the lock goes when its session expires
   */
  Releasing release() throws InterruptedException;

  /** Forgets a lock that is lost: there is nothing to give back. Waits for at most a second. */
  void abandon();

  /** What became of a release. */
  sealed interface Releasing {
    /** The lock is free, or the next one's. */
    record Released() implements Releasing {}

    /**
     * The lock had been lost before it was released.
     *
     * @param reason one line for a person
     */
    record LostBefore(String reason) implements Releasing {}

    /**
     * No node answered in time.
     *
     * @param reason one line for a person
     */
    record Unknown(String reason) implements Releasing {}
  }
}
