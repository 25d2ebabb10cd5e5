package dev.holdfast.client;

import java.util.concurrent.locks.ReadWriteLock;

/**
 * Many readers or one writer. A waiting writer holds back later readers, so writers do not starve.
 *
 * <p>Both locks may be locked again by their thread. A thread with the write lock may take the read
 * lock too; the cluster frees the lock when both are unlocked. A thread with only the read lock is
 * refused the write lock ({@link RefusalReason#ALREADY_HELD}): two readers that both waited for the
 * other would wait for ever.
 */
public final class HoldfastReadWriteLock implements ReadWriteLock {
  private final DistributedLock readLock;
  private final DistributedLock writeLock;

  HoldfastReadWriteLock(SessionKeeper keeper, HoldTable holds, String name) {
    this.readLock = new DistributedLock(keeper, holds, name, Mode.S);
    this.writeLock = new DistributedLock(keeper, holds, name, Mode.X);
  }

  /** The shared lock. */
  @Override
  public DistributedLock readLock() {
    return readLock;
  }

  /** The exclusive lock; the same lock as {@link Holdfast#lock} of that name. */
  @Override
  public DistributedLock writeLock() {
    return writeLock;
  }
}
