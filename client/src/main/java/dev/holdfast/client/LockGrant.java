package dev.holdfast.client;

import com.google.protobuf.ByteString;
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
import org.jspecify.annotations.Nullable;

/**
 * Something that was granted: one or several locks, or permits, under one fencing token. It belongs
 * to no thread. Safe for use by many threads; what has a twin that ends in {@code Async} blocks,
 * and so does {@link #close}.
 *
 * <p>{@link #extend}, an upward {@link #convert} and {@link #handOver} end the grant under its
 * token; the first two return another one to go on with. This one is not held then, and refuses
 * what is asked of it.
 */
public final class LockGrant implements AutoCloseable {
  private static final int VALUE_BYTES_MAX = 4_096;

  private final LiveSession session;
  private final HeldGrant granted;
  private final Duration requestTimeout;

  LockGrant(LiveSession session, HeldGrant granted, Duration requestTimeout) {
    this.session = session;
    this.granted = granted;
    this.requestTimeout = requestTimeout;
  }

  /**
   * The fencing token; hand it to every resource that the lock protects, asked for anew each time:
   * it grows if a conversion was granted in the moment in which its caller stopped waiting for it
   * and so was undone.
   */
  public FencingToken token() {
    return new FencingToken(held().token());
  }

  LiveSession session() {
    return session;
  }

  HeldGrant held() {
    return granted.latest();
  }

  /** The session under which it is held. */
  public SessionId sessionId() {
    return session.id().orElseThrow(); // there is no grant without an open session
  }

  /** What is held. While a conversion is under way, only what is held both before and after it. */
  public List<Demand> demands() {
    return held().demands().stream().map(Demand::of).toList();
  }

  /** Who holds it in this process. */
  public String owner() {
    return granted.owner();
  }

  /**
   * Whether it is held now. Turns false by this machine's own clock before the cluster can grant
   * the lock to anybody else (as long as clocks run alike to 1 %); false while the session is to be
   * verified after a suspend.
   */
  public boolean isHeld() {
    return held().isHeld();
  }

  /** How long it is held without word from the cluster; zero if it is not held. */
  public Duration remaining() {
    return Duration.ofNanos(held().remainingNanos());
  }

  /** Completed when it is lost; never if it is released. Dependents run on the callback thread. */
  public CompletableFuture<GrantLoss> whenLost() {
    return session.whenLost(held()).copy();
  }

  /**
   * Completed when somebody who waits, or an operator, asks for it to be given back; never if it
   * ends before. Nothing changes by the question. It is told at most once for each time that it is
   * asked, and not at all if the connection breaks in that moment. Dependents run on the callback
   * thread.
   */
  public CompletableFuture<AskedToLetGo> whenAskedToLetGo() {
    return session.whenAskedToLetGo(held()).copy();
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
    return held().isGivenBack();
  }

  /** As {@link #release}; false if it had no effect. */
  boolean maybeRelease() {
    session.requireOtherThread();
    HeldGrant held = held();
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
    HeldGrant held = held();
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
   * @param lease the new length, 1 ms to 3,650 days
   * @throws LockRefusedException if the grant is kept alive with the session, and so needs no
   *     extension
   * @throws LockLostException if it was lost or given back before
   * @throws OutcomeUnknownException if no node answered in time
   */
  public LockGrant extend(Duration lease) {
    HeldGrant held = held();
    BlockingCall call =
        new BlockingCall(session, extension(lease), deadlineNanos(), Call.WhenLate.DOUBT);
    return extended(held, call.await());
  }

  /** As {@link #extend}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<LockGrant> extendAsync(Duration lease) {
    HeldGrant held = held();
    return FutureCall.make(
        session,
        extension(lease),
        deadlineNanos(),
        Call.WhenLate.DOUBT,
        result -> extended(held, result));
  }

  /**
   * Holds locks of this grant in other modes, or another number of permits, and waits until that is
   * so. While it waits, what was held before is held on.
   *
   * <p>To weaker modes or fewer permits it is done at once; the token stays, and this grant is
   * returned. Otherwise it waits for other owners' grants and for earlier conversions, ahead of all
   * who merely want the lock; then this grant is spent, and the one returned has a larger token.
   *
   * @param conversion which locks, how, and how long to wait
   * @throws InterruptedException at once when interrupted; what was held before is held on, and if
   *     the conversion is granted all the same, it is undone in the background
   * @throws DeadlockException if the conversion waits in a circle, as that of two readers who both
   *     want to write does; what was held before is held on
   * @throws LockRefusedException for instance {@link RefusalReason#WAIT_TIMED_OUT}, {@link
   *     RefusalReason#HELD_BY_ANOTHER} with a waiting time of zero, {@link
   *     RefusalReason#ALREADY_WAITING}; what was held before is held on
   * @throws LockLostException if the grant was lost or given back before or meanwhile
   * @throws UnavailableException if it was not to wait, and no node answered within the request
   *     time-out; it is undone in the background
   */
  public LockGrant convert(Conversion conversion) throws InterruptedException {
    HeldGrant held = held();
    BlockingCall call =
        new BlockingCall(
            session,
            action(held, conversion),
            deadlineNanos(conversion.waitAtMost()),
            Call.WhenLate.UNDO);
    CallResult result = call.awaitInterruptibly();
    LockGrant now = converted(held, conversion, result);
    if (now != this) {
      spent(held);
    }
    return now;
  }

  /**
   * As {@link #convert}, without waiting; the future fails with the same exceptions. To cancel the
   * future takes the conversion back.
   */
  public CompletableFuture<LockGrant> convertAsync(Conversion conversion) {
    HeldGrant held = held();
    CompletableFuture<LockGrant> future =
        FutureCall.make(
            session,
            action(held, conversion),
            deadlineNanos(conversion.waitAtMost()),
            Call.WhenLate.UNDO,
            result -> converted(held, conversion, result));
    var unused =
        future.whenComplete(
            (now, failure) -> {
              if (now != null && now != this) {
                spent(held);
              }
            });
    return future;
  }

  /** Somebody has the grant that has taken its place; without that, it may yet go on. */
  private void spent(HeldGrant held) {
    held.markReleased();
    session.forget(held);
  }

  /**
   * Gives the grant to another owner in one step: the locks are free at no moment, and nobody who
   * waits for them comes before. The receiver gets a grant with a larger token; lease, at-least and
   * lock delay go with it. This one turns not held at once, before anything is sent, and is held
   * again if the hand-over is refused. Not ended by an interrupt.
   *
   * @param to the receiver's session
   * @param owner the key by which it is received there ({@link Holdfast#receive}); 1 to 128 bytes
   * @return the receiver's token
   * @throws LockRefusedException for instance {@link RefusalReason#UNKNOWN_SESSION}, {@link
   *     RefusalReason#ALREADY_HELD} if the receiver holds one of the locks; it is still held here
   * @throws DeadlockException if the receiver would be in a deadlock with it; it is still held here
   * @throws LockLostException if it was lost or given back before
   * @throws OutcomeUnknownException if no node answered within the request time-out; it is not held
   *     here until that is settled
   */
  public FencingToken handOver(SessionId to, String owner) {
    HeldGrant held = held();
    BlockingCall call =
        new BlockingCall(
            session, handingOver(held, to, owner), deadlineNanos(), Call.WhenLate.DOUBT);
    return handedOver(held, call.await());
  }

  /** As {@link #handOver}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<FencingToken> handOverAsync(SessionId to, String owner) {
    HeldGrant held = held();
    return FutureCall.make(
        session,
        handingOver(held, to, owner),
        deadlineNanos(),
        Call.WhenLate.DOUBT,
        result -> handedOver(held, result));
  }

  /**
   * Keeps a value with a lock that this grant holds in mode SIX or X. Whoever looks at the lock
   * ({@link Holdfast#check}) sees it, also after the release; the next holder finds it marked as
   * not valid if this grant ends uncleanly. Not ended by an interrupt.
   *
   * @param lock a lock of this grant
   * @param value at most 4,096 bytes; null to remove the value
   * @throws LockRefusedException {@link RefusalReason#MODE_TOO_WEAK}, {@link
   *     RefusalReason#TOO_MANY_VALUES}
   * @throws LockLostException if the grant was lost or given back before
   * @throws OutcomeUnknownException if no node answered within the request time-out
   */
  public void setValue(String lock, byte @Nullable [] value) {
    HeldGrant held = held();
    BlockingCall call =
        new BlockingCall(
            session, settingValue(held, lock, value), deadlineNanos(), Call.WhenLate.DOUBT);
    done(held, call.await());
  }

  /** As {@link #setValue}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<Void> setValueAsync(String lock, byte @Nullable [] value) {
    HeldGrant held = held();
    return FutureCall.make(
        session,
        settingValue(held, lock, value),
        deadlineNanos(),
        Call.WhenLate.DOUBT,
        result -> done(held, result));
  }

  /** As {@link #release}. */
  @Override
  public void close() {
    release();
  }

  @Override
  public String toString() {
    return "grant " + held().token() + " of " + demands() + (isHeld() ? "" : ", not held");
  }

  private long deadlineNanos() {
    return session.nanosFromNow(requestTimeout);
  }

  private long deadlineNanos(@Nullable Duration waitAtMost) {
    if (waitAtMost == null) {
      return Call.NEVER;
    }
    return waitAtMost.isZero() ? deadlineNanos() : session.nanosFromNow(waitAtMost);
  }

  private static Action action(HeldGrant held, Conversion conversion) {
    Duration wait = conversion.waitAtMost();
    Action.Patience patience =
        wait == null
            ? Action.Patience.ENDLESS
            : wait.isZero() ? Action.Patience.NONE : Action.Patience.LIMITED;
    return new Action.ConvertGrant(
        held.owner(),
        held.demands(),
        conversion.changes().stream().map(Demand::wire).toList(),
        held.token(),
        patience,
        conversion.priority());
  }

  private static Action handingOver(HeldGrant held, SessionId to, String owner) {
    AcquireRequest.requireOwnerKey(owner);
    return new Action.HandOverGrant(held.owner(), held.token(), to.value(), owner);
  }

  private static Action settingValue(HeldGrant held, String lock, byte @Nullable [] value) {
    if (value != null) {
      requireValue(value);
    }
    return new Action.SetLockValue(
        held.owner(), held.token(), lock, value == null ? null : ByteString.copyFrom(value));
  }

  static void requireValue(byte[] value) {
    if (value.length > VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a lock's value has at most " + VALUE_BYTES_MAX + " bytes, not " + value.length);
    }
  }

  private Action extension(Duration lease) {
    HeldGrant held = held();
    AcquireRequest.requireLease(lease);
    return new Action.ExtendGrant(held.owner(), held.demands(), held.token(), lease.toMillis());
  }

  private LockGrant extended(HeldGrant held, CallResult result) {
    if (result instanceof CallResult.Granted extended) {
      held.markReleased();
      session.forget(held);
      return new LockGrant(session, extended.grant(), requestTimeout);
    }
    throw failure(held, result);
  }

  private LockGrant converted(HeldGrant held, Conversion conversion, CallResult result) {
    if (result instanceof CallResult.Converted converted) {
      return converted.isReplaced()
          ? new LockGrant(session, converted.grant(), requestTimeout)
          : this;
    }
    Duration wait = conversion.waitAtMost();
    boolean waited = wait != null && !wait.isZero();
    throw failure(held, waited ? Outcomes.waited(result) : result);
  }

  private FencingToken handedOver(HeldGrant held, CallResult result) {
    if (result instanceof CallResult.HandedOver handedOver) {
      session.forget(held);
      return new FencingToken(handedOver.token());
    }
    throw failure(held, result);
  }

  @SuppressWarnings("NullAway") // a Void is always null
  private Void done(HeldGrant held, CallResult result) {
    if (result instanceof CallResult.Done) {
      return null;
    }
    throw failure(held, result);
  }

  private HoldfastException failure(HeldGrant held, CallResult result) {
    return Outcomes.failure(result, held, session);
  }
}
