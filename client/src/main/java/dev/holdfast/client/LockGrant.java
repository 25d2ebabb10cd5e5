package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Something that was granted: one or several locks under one fencing token. It belongs to no
 * thread. Safe for use by many threads; only {@link #release}, {@link #extend} and {@link #close}
 * block.
 */
public final class LockGrant implements AutoCloseable {
  private final LiveSession session;
  private final HeldGrant held;
  private final Duration requestTimeout;

  LockGrant(LiveSession session, HeldGrant held, Duration requestTimeout) {
    this.session = session;
    this.held = held;
    this.requestTimeout = requestTimeout;
  }

  /** The fencing token; hand it to every resource that the lock protects. */
  public FencingToken token() {
    return new FencingToken(held.token());
  }

  /** The session under which it is held. */
  public SessionId sessionId() {
    return session.id().orElseThrow(); // there is no grant without an open session
  }

  /** What was granted. */
  public List<Demand> demands() {
    return held.demands().stream()
        .map(demand -> new Demand(demand.getLock(), Mode.of(demand.getMode())))
        .toList();
  }

  /** Who holds it in this process. */
  public String owner() {
    return held.owner();
  }

  /**
   * Whether it is held now. Turns false by this machine's own clock before the cluster can grant
   * the lock to anybody else (as long as clocks run alike to 1 %); false while the session is to be
   * verified after a suspend.
   */
  public boolean isHeld() {
    return held.isHeld();
  }

  /** How long it is held without word from the cluster; zero if it is not held. */
  public Duration remaining() {
    return Duration.ofNanos(held.remainingNanos());
  }

  /** Completed when it is lost; never if it is released. Dependents run on the callback thread. */
  public CompletableFuture<GrantLoss> whenLost() {
    return session.whenLost(held).copy();
  }

  /**
   * Gives it back and waits until the cluster has done so, at most the request time-out. {@link
   * #isHeld} turns false at once, before anything is sent. Not ended by an interrupt, whose flag
   * stays set. No effect if it was given back before, here or by its token, or has been extended: a
   * second call returns at once, even while the first one still waits.
   *
   * @throws LockLostException if it had been lost before
   * @throws OutcomeUnknownException if no node answered in time; the client goes on releasing in
   *     the background, so there is nothing to be repeated
   * @throws IllegalStateException on the session's own thread, where a callback executor of yours
   *     may have put you; it is still held then: use {@link #releaseAsync}
   */
  public void release() {
    maybeRelease();
  }

  /** Whether its release was asked for, here or by its token. */
  boolean isGivenBack() {
    return held.isGivenBack();
  }

  /** As {@link #release}; false if it had no effect. */
  boolean maybeRelease() {
    session.requireOtherThread();
    LossReason loss = held.lossByNow();
    if (!held.markReleased()) {
      return false;
    }
    Releasing.requireNotLost(session, held, loss);
    Releasing.now(session, held, requestTimeout);
    return true;
  }

  /**
   * As {@link #release}, without waiting; the future fails with the same exceptions. To cancel the
   * future does not take the release back.
   */
  public CompletableFuture<Void> releaseAsync() {
    LossReason loss = held.lossByNow();
    if (!held.markReleased()) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      Releasing.requireNotLost(session, held, loss);
    } catch (LockLostException lost) {
      return CompletableFuture.failedFuture(lost);
    }
    return Releasing.later(session, held, requestTimeout);
  }

  /**
   * Gives a fixed lease a new end, counted from now. This grant is spent afterwards; go on with the
   * one returned, which has a larger token. Not ended by an interrupt.
   *
   * @param lease the new length, 1 ms or more
   * @throws LockRefusedException if the grant is kept alive with the session, and so needs no
   *     extension
   * @throws LockLostException if it was lost or given back before
   * @throws OutcomeUnknownException if no node answered in time
   */
  public LockGrant extend(Duration lease) {
    BlockingCall call =
        new BlockingCall(session, extension(lease), deadlineNanos(), Call.WhenLate.DOUBT);
    return extended(call.await());
  }

  /** As {@link #extend}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<LockGrant> extendAsync(Duration lease) {
    return FutureCall.make(
        session, extension(lease), deadlineNanos(), Call.WhenLate.DOUBT, this::extended);
  }

  /** As {@link #release}. */
  @Override
  public void close() {
    release();
  }

  @Override
  public String toString() {
    return "grant " + held.token() + " of " + demands() + (isHeld() ? "" : ", not held");
  }

  private long deadlineNanos() {
    return session.nanosFromNow(requestTimeout);
  }

  private Action extension(Duration lease) {
    if (lease.toMillis() < 1) {
      throw new IllegalArgumentException("a fixed lease is 1 ms or more, not " + lease);
    }
    return new Action.ExtendGrant(held.owner(), held.demands(), held.token(), lease.toMillis());
  }

  private LockGrant extended(CallResult result) {
    if (result instanceof CallResult.Granted granted) {
      held.markReleased();
      session.forget(held);
      return new LockGrant(session, granted.grant(), requestTimeout);
    }
    if (result instanceof CallResult.Refused refused) {
      Refusal refusal = Outcomes.refusal(refused.refused());
      if (refusal.reason() == RefusalReason.STALE_TOKEN
          || refusal.reason() == RefusalReason.NOT_HOLDER) {
        LossReason loss = held.lossByNow();
        throw Outcomes.lost(held.token(), loss == null ? LossReason.NOT_HELD : loss);
      }
      throw Outcomes.exception(refusal);
    }
    throw Outcomes.failure(result, session);
  }
}
