package dev.holdfast.cli.child;

import java.util.concurrent.CompletionStage;

/** A lock that this program holds. */
public interface HeldLock {
  /** The fencing token of the grant. */
  long token();

  /**
   * Completes with the reason, one line for a person, as soon as the lock may no longer be counted on; never, if it is
   * released first. Completed on a thread of the client library.
   */
  CompletionStage<String> lost();

  /**
   * Gives the lock back. Waits a few seconds at most.
   *
   * @return what went wrong, one line for a person, or empty if the lock is free now
   * @throws InterruptedException the wait was interrupted; the lock goes when its session expires
   */
  String release() throws InterruptedException;
}
