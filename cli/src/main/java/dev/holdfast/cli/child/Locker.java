package dev.holdfast.cli.child;

/** Acquires the one lock that the command line named, in the way that it said. */
@FunctionalInterface
public interface Locker {
  /**
   * Waits as long as the command line allows.
   *
   * @throws dev.holdfast.cli.terminal.Failure the lock was not acquired; says why and what to do
   * @throws InterruptedException the wait was interrupted; nothing is held, the place in the queue
   *     is given up
   */
  HeldLock acquire() throws InterruptedException;
}
