package dev.holdfast.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * So many permits for all clients of the cluster together, strictly first come, first served:
 * whoever wants many is not passed by those who want few. Each acquisition has a fencing token of
 * its own, so that of five holders the one that was lost can be refused and the other four go on.
 *
 * <p>Permits belong to the {@link LockGrant}, not to a thread, and are kept alive with the session,
 * unless {@link #with} asks for a lease. They are given back together, by {@link
 * LockGrant#release}; some of them, by a {@linkplain LockGrant#convert conversion} to fewer.
 * Immutable, safe for use by many threads.
 *
 * <p>The limit exists while the semaphore has users. Who comes with another limit meanwhile is
 * refused with {@link RefusalReason#LIMIT_MISMATCH}.
 */
public final class HoldfastSemaphore {
  private final AsyncLocks async;
  private final String name;
  private final int limit;
  private final UnaryOperator<AcquireRequest> terms;

  HoldfastSemaphore(AsyncLocks async, String name, int limit, UnaryOperator<AcquireRequest> terms) {
    Demand.permits(name, 1, limit); // refuses what is no name and no limit
    this.async = async;
    this.name = name;
    this.limit = limit;
    this.terms = terms;
  }

  /** The semaphore's name. */
  public String name() {
    return name;
  }

  /** How many permits there are. */
  public int limit() {
    return limit;
  }

  /**
   * The same semaphore on other terms: with a lease, a lock delay, a priority ...
   *
   * @param others from a request to a changed one; how long it waits does not matter
   */
  public HoldfastSemaphore with(UnaryOperator<AcquireRequest> others) {
    return new HoldfastSemaphore(async, name, limit, request -> others.apply(terms.apply(request)));
  }

  /**
   * Waits for one permit.
   *
   * @throws InterruptedException at once when interrupted; nothing is held, and what is granted all
   *     the same is released in the background
   * @throws LockRefusedException for instance {@link RefusalReason#LIMIT_MISMATCH}, {@link
   *     RefusalReason#KIND_MISMATCH} if the name is in use as another kind of lock, {@link
   *     RefusalReason#QUEUE_FULL}
   * @throws SessionExpiredException if the session was lost meanwhile; nothing is held
   */
  public LockGrant acquire() throws InterruptedException {
    return acquire(1);
  }

  /**
   * Waits for permits, all of them together; the exceptions are those of {@link #acquire()}.
   *
   * @param permits 1 to {@link #limit}
   */
  public LockGrant acquire(int permits) throws InterruptedException {
    return all(permits).acquire();
  }

  /** As {@link #acquire(int)}, but an interrupt does not end the wait; the flag is set again. */
  public LockGrant acquireUninterruptibly(int permits) {
    return all(permits).acquireUninterruptibly();
  }

  /**
   * Takes permits if that is possible at once; never before somebody who waits.
   *
   * @param permits 1 to {@link #limit}
   * @return empty if there are not enough, or somebody waits
   * @throws InterruptedException as for {@link #acquire()}
   * @throws UnavailableException if no node answered within the request time-out; nothing is held
   */
  public Optional<LockGrant> tryAcquire(int permits) throws InterruptedException {
    return all(permits).tryAcquire();
  }

  /**
   * Waits for permits, at most so long by this machine's own clock.
   *
   * @param permits 1 to {@link #limit}
   * @param wait 0 or more; 0 is {@link #tryAcquire(int)}, which asks a node once
   * @return empty if the time is over; nothing is held then
   * @throws InterruptedException as for {@link #acquire()}
   */
  public Optional<LockGrant> tryAcquire(int permits, Duration wait) throws InterruptedException {
    return all(permits).tryAcquire(wait);
  }

  /** As {@link #acquire(int)}, without blocking; to cancel the future takes the request back. */
  public CompletableFuture<LockGrant> acquireAsync(int permits) {
    return all(permits).acquireAsync();
  }

  /** As {@link #tryAcquire(int, Duration)}, without blocking. */
  public CompletableFuture<Optional<LockGrant>> tryAcquireAsync(int permits, Duration wait) {
    return all(permits).tryAcquireAsync(wait);
  }

  private MultiLock all(int permits) {
    return new MultiLock(
        async, terms.apply(AcquireRequest.of(Demand.permits(name, permits, limit))));
  }

  @Override
  public String toString() {
    return "semaphore '" + name + "' of " + limit;
  }
}
