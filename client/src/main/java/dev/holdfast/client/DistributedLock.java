package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A lock of the cluster with the manners of {@link java.util.concurrent.locks.Lock}: it belongs to the thread that
 * locked it, who may lock it again. Objects for one name made by one {@link Holdfast} are one and the same lock. Safe
 * for use by many threads.
 *
 * <p>It is fair: granted in the order in which requests reach the cluster.
 *
 * <p>Unlike a lock of one JVM it can be <em>lost</em>: look at {@link #isHeld()} before you do something that cannot be
 * undone, give {@link #fencingToken()} to the resource, and expect {@link LockLostException} from {@link #unlock()}.
 */
public final class DistributedLock implements Lock {
  DistributedLock() {}

  /** The lock's name. */
  public String name() {
    throw new UnsupportedOperationException("not yet");
  }

  /** How it is held: {@link Mode#X} for a mutex and a write lock, {@link Mode#S} for a read lock. */
  public Mode mode() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Waits until the lock is held, over changes of leaders and nodes. An interrupt does not end the wait; the flag is
   * set again at the end.
   *
   * @throws SessionExpiredException if the session was lost meanwhile; the lock is not held
   * @throws LockRefusedException for instance {@link RefusalReason#QUEUE_FULL} or {@link RefusalReason#ALREADY_HELD}
   *     (a thread with the read lock that asks for the write lock)
   * @throws OverloadedException if the cluster takes no more work, after the retries of the policy
   */
  @Override
  public void lock() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * As {@link #lock}, but an interrupt ends the wait at once: the client leaves the queue in the background, and
   * releases what is granted all the same.
   */
  @Override
  public void lockInterruptibly() throws InterruptedException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Takes the lock if that is possible at once; never before somebody who waits for it. Takes a round trip to the
   * cluster, at most the request time-out. An interrupt does not end it.
   *
   * @throws UnavailableException if no node answered; the lock is not held
   */
  @Override
  public boolean tryLock() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Waits for the lock, at most so long by this machine's own clock, whether or not any node answers.
   *
   * @return false if the time is over; the lock is not held then, and the client leaves the queue in the background
   * @throws InterruptedException at once when the thread is interrupted; the lock is not held
   */
  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Gives the lock back, if this is the last of the thread's holds, and waits until the cluster has done so. Not ended
   * by an interrupt. Whatever it throws, the thread does not hold the lock afterwards.
   *
   * @throws IllegalMonitorStateException if the thread does not hold the lock, telling who in this process does
   * @throws LockLostException if the lock was lost before
   * @throws OutcomeUnknownException if no node answered in time; the release goes on in the background
   */
  @Override
  public void unlock() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Not offered: a waiting condition would have to give up the lock and get it back in its old state, and over a lost
   * session it cannot. Use a second lock, or poll the condition under the lock.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException(
        "a distributed lock has no conditions: use a second lock, or poll what you wait for under this one");
  }

  /**
   * Whether the current thread holds the lock now. Turns false by this machine's own clock before the cluster can grant
   * the lock to anybody else (as long as clocks run alike to 1 %).
   */
  public boolean isHeld() {
    throw new UnsupportedOperationException("not yet");
  }

  /** How often the current thread has locked it without unlocking; counts on when the lock was lost. */
  public int holdCount() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The token of the current thread's grant; stays the same after a loss, as the resource must refuse it then.
   *
   * @throws IllegalMonitorStateException if the thread has not locked it
   */
  public FencingToken fencingToken() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * How long the current thread holds it without word from the cluster; zero if it is not held.
   */
  public Duration remaining() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Completed when the current thread's grant is lost; never if it is unlocked.
   *
   * @throws IllegalMonitorStateException if the thread has not locked it
   */
  public CompletableFuture<GrantLoss> whenLost() {
    throw new UnsupportedOperationException("not yet");
  }
}
