package dev.holdfast.client;

/**
 * The request was refused because it waited in a circle: for somebody who waited, perhaps through
 * others, for what its own owner holds. It is out of the queues; all that its owner held before is
 * still held, a grant that was to be converted included. Of the requests of the circle the one with
 * the lowest priority is refused, of several the one that came last.
 *
 * <p>What to do: release what the owner holds and begin again, or ask for everything in one request
 * ({@link MultiLock}), which cannot get into this.
 */
public final class DeadlockException extends LockRefusedException {
  private static final long serialVersionUID = 1L;

  private final transient DeadlockReport deadlock;

  DeadlockException(Refusal refusal, DeadlockReport deadlock) {
    super(refusal);
    this.deadlock = deadlock;
  }

  /**
   * The whole circle: who waited for which lock in which mode, for how long, and who was in the way
   * with which token.
   */
  public DeadlockReport deadlock() {
    return deadlock;
  }
}
