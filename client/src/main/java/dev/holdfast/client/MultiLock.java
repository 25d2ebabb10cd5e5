package dev.holdfast.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Several locks as one: any mix of locks, modes and permits, granted all together, under one
 * fencing token, or not at all. While it waits it holds nothing, but has its place at every lock;
 * so users of such locks cannot get into a deadlock with each other, whatever the order in which
 * they name them.
 *
 * <p>What is granted belongs to the {@link LockGrant}, not to a thread; each acquisition is by a
 * fresh owner unless the request names one, and excludes every other. Immutable, safe for use by
 * many threads.
 */
public final class MultiLock {
  private final AsyncLocks async;
  private final AcquireRequest request;

  MultiLock(AsyncLocks async, AcquireRequest request) {
    this.async = async;
    this.request = request;
  }

  /** The locks and how they are acquired. */
  public List<Demand> demands() {
    return request.demands();
  }

  /**
   * The same locks on other terms: with a lease, a lock delay, a priority ...
   *
   * @param terms from the request to a changed one; how long it waits does not matter, that is what
   *     the methods of this class are for
   */
  public MultiLock with(UnaryOperator<AcquireRequest> terms) {
    return new MultiLock(async, terms.apply(request));
  }

  /**
   * Waits until all is granted, over changes of leaders and nodes.
   *
   * @throws InterruptedException at once when interrupted; nothing is held, and what is granted all
   *     the same is released in the background
   * @throws DeadlockException if this request was refused to end a deadlock, which takes an owner
   *     that holds something already; nothing new is held
   * @throws LockRefusedException for instance {@link RefusalReason#QUEUE_FULL}, {@link
   *     RefusalReason#KIND_MISMATCH}, {@link RefusalReason#LIMIT_MISMATCH}
   * @throws SessionExpiredException if the session was lost meanwhile; nothing is held
   * @throws OverloadedException if the cluster takes no more work, after the retries of the policy
   */
  public LockGrant acquire() throws InterruptedException {
    return async.acquireAndWait(request.waitForever(), true);
  }

  /** As {@link #acquire}, but an interrupt does not end the wait; the flag is set again. */
  public LockGrant acquireUninterruptibly() {
    try {
      return async.acquireAndWait(request.waitForever(), false);
    } catch (InterruptedException never) {
      throw new IllegalStateException(never);
    }
  }

  /**
   * Takes all if that is possible at once; never before somebody who waits. Takes a round trip to
   * the cluster, at most the request time-out.
   *
   * @return empty if somebody is in the way
   * @throws InterruptedException as for {@link #acquire}
   * @throws UnavailableException if no node answered; nothing is held
   */
  public Optional<LockGrant> tryAcquire() throws InterruptedException {
    return async.tryAcquireAndWait(request.waitAtMost(Duration.ZERO));
  }

  /**
   * Waits for all, at most so long by this machine's own clock, whether or not any node answers.
   *
   * @param limit 0 or more; 0 is {@link #tryAcquire()}, which asks a node once
   * @return empty if the time is over; nothing is held then, and the client leaves the queues in
   *     the background
   * @throws InterruptedException as for {@link #acquire}
   */
  public Optional<LockGrant> tryAcquire(Duration limit) throws InterruptedException {
    return async.tryAcquireAndWait(request.waitAtMost(limit));
  }

  /**
   * As {@link #acquire}, without blocking; the future fails with the same exceptions. To cancel the
   * future takes the request back.
   */
  public CompletableFuture<LockGrant> acquireAsync() {
    return async.acquire(request.waitForever());
  }

  /** As {@link #tryAcquire(Duration)}, without blocking. */
  public CompletableFuture<Optional<LockGrant>> tryAcquireAsync(Duration limit) {
    return async.tryAcquire(request.waitAtMost(limit));
  }

  @Override
  public String toString() {
    return "locks " + request.demands();
  }
}
