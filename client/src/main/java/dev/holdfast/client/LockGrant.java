package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Something that was granted: one or several locks under one fencing token. It belongs to no thread. Safe for use by
 * many threads; only {@link #release}, {@link #extend} and {@link #close} block.
 */
public final class LockGrant implements AutoCloseable {
  LockGrant() {}

  /** The fencing token; hand it to every resource that the lock protects. */
  public FencingToken token() {
    throw new UnsupportedOperationException("not yet");
  }

  /** The session under which it is held. */
  public SessionId sessionId() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What was granted. */
  public List<Demand> demands() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Who holds it in this process. */
  public String owner() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Whether it is held now. Turns false by this machine's own clock before the cluster can grant the lock to anybody
   * else (as long as clocks run alike to 1 %); false while the session is to be verified after a suspend.
   */
  public boolean isHeld() {
    throw new UnsupportedOperationException("not yet");
  }

  /** How long it is held without word from the cluster; zero if it is not held. */
  public Duration remaining() {
    throw new UnsupportedOperationException("not yet");
  }

  /** Completed when it is lost; never if it is released. Dependents run on the callback thread. */
  public CompletableFuture<GrantLoss> whenLost() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Gives it back and waits until the cluster has done so. A second call has no effect. Not ended by an interrupt.
   *
   * @throws LockLostException if it had been lost before
   * @throws OutcomeUnknownException if no node answered in time; the client goes on releasing in the background
   */
  public void release() {
    throw new UnsupportedOperationException("not yet");
  }

  /** As {@link #release}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<Void> releaseAsync() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Gives a fixed lease a new end, counted from now. This grant is spent afterwards; go on with the one returned, which
   * has a larger token.
   *
   * @param lease the new length, 1 ms or more
   * @throws LockRefusedException if the grant is kept alive with the session, and so needs no extension
   * @throws LockLostException if it was lost before
   * @throws OutcomeUnknownException if no node answered in time
   */
  public LockGrant extend(Duration lease) {
    throw new UnsupportedOperationException("not yet");
  }

  /** As {@link #release}. */
  @Override
  public void close() {
    release();
  }
}
