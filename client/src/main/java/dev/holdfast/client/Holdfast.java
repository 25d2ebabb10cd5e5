package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import java.util.UUID;

/**
 * A client of a Holdfast cluster: one session, any number of locks and threads.
 *
 * <pre>{@code
 * try (Holdfast holdfast = Holdfast.connect("127.0.0.1:5470,127.0.0.1:5480,127.0.0.1:5490")) {
 *   DistributedLock lock = holdfast.lock("orders/42");
 *   lock.lock();
 *   try {
 *     ledger.write(entry, lock.fencingToken());
 *   } finally {
 *     lock.unlock();
 *   }
 * }
 * }</pre>
 *
 * <p>When the session is lost, everything held under it is lost, and nothing of it comes back by itself; the next call
 * opens a new session. Safe for use by many threads.
 */
public final class Holdfast implements AutoCloseable {
  /** Where a node listens for clients unless configured otherwise. */
  public static final int DEFAULT_PORT = 5470;

  Holdfast() {}

  /**
   * A client with an open session and the default settings.
   *
   * @param endpoints host:port, several apart by commas; any node will do
   * @throws UnavailableException if no node gave it a session within 15 s
   */
  public static Holdfast connect(String endpoints) {
    return builder().endpoints(endpoints).connect();
  }

  /** For other settings. */
  public static HoldfastBuilder builder() {
    return new HoldfastBuilder();
  }

  /**
   * A mutex.
   *
   * @param name the lock's name
   * @throws IllegalArgumentException if that is no lock's name
   */
  public DistributedLock lock(String name) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * A read-write lock.
   *
   * @param name the lock's name
   * @throws IllegalArgumentException if that is no lock's name
   */
  public HoldfastReadWriteLock readWriteLock(String name) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Locks without threads. */
  public AsyncLocks async() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The plain replicated map: takes the lock for this client as a whole, exclusively and at once, or tells who has it.
   * Blocks for a round trip, at most the request time-out.
   *
   * @param name the lock's name
   * @throws OutcomeUnknownException if no node answered; see {@link AsyncLocks#resolve}
   * @throws InterruptedException at once when interrupted; what is granted all the same is released in the background
   */
  public PreemptResult preempt(String name) throws InterruptedException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The same for any request; its waiting time does not matter.
   *
   * @param request what is wanted
   */
  public PreemptResult preempt(AcquireRequest request) throws InterruptedException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The plain replicated map: releases what {@link #preempt(String)} of this client took.
   *
   * @param name the lock's name
   * @return false if this client does not hold it that way
   * @throws LockLostException if it was lost before
   * @throws OutcomeUnknownException if no node answered in time; the release goes on in the background
   */
  public boolean release(String name) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Releases a grant of this client's session by its token.
   *
   * @param token the grant's
   * @throws LockLostException if the grant had ended before
   * @throws OutcomeUnknownException if no node answered in time; the release goes on in the background
   */
  public void release(FencingToken token) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Who holds a lock, linearizable, with up to 100 of those who wait.
   *
   * @param name the lock's name
   * @throws UnavailableException if no node answered
   */
  public LockCheck check(String name) {
    throw new UnsupportedOperationException("not yet");
  }

  /** The present session; if there is none yet, or it is over, one is opened in the background. */
  public Session session() {
    throw new UnsupportedOperationException("not yet");
  }

  /** The UUID that this client made for itself. */
  public UUID clientId() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Questions and operators' commands, over the same endpoints; closed together with this client. */
  public HoldfastAdmin cluster() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Closes the session, which releases everything, and ends the client's threads. Waits for the cluster at most the
   * close time-out; without an answer the cluster does the same when the TTL runs out. Calls under way fail with {@link
   * SessionExpiredException}. A second call has no effect.
   */
  @Override
  public void close() {}
}
