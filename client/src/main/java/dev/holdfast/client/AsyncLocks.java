package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Action.Patience;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Locks without threads: what is granted belongs to the {@link LockGrant}, and each request has a
 * fresh owner unless it names one. Nothing here blocks. Futures are completed on the callback
 * executor (a thread {@code holdfast-callback-<n>} unless configured); dependents that block belong
 * on an executor of your own.
 *
 * <p>A future that its user cancels, or times out with {@code orTimeout}, takes the request back:
 * it leaves the queue, and what is granted all the same is released in the background.
 *
 * <p>Futures fail with the exceptions of {@link HoldfastException}, never wrapped by this library.
 */
public final class AsyncLocks {
  private final SessionKeeper keeper;
  private final AtomicLong lastOwner = new AtomicLong();

  AsyncLocks(SessionKeeper keeper) {
    this.keeper = keeper;
  }

  /**
   * Waits for the locks as long as the request says.
   *
   * @return the grant; or {@link LockRefusedException} ({@link RefusalReason#WAIT_TIMED_OUT} when
   *     the time is over, at the caller's own clock even if no node answers), {@link
   *     OverloadedException}, {@link UnavailableException} or {@link SessionExpiredException}
   */
  public CompletableFuture<LockGrant> acquire(AcquireRequest request) {
    return acquireAs(request, grant -> grant);
  }

  /** The same, and the future has what is made of the grant. */
  <T> CompletableFuture<T> acquireAs(AcquireRequest request, Function<LockGrant, T> made) {
    LiveSession session = keeper.live();
    boolean waits = patience(request) != Patience.NONE;
    return FutureCall.make(
        session,
        action(request, patience(request)),
        deadlineNanos(session, request),
        Call.WhenLate.UNDO,
        result -> made.apply(grant(session, waits ? Outcomes.waited(result) : result)));
  }

  /**
   * The same, and tells where the request stands while it waits.
   *
   * @param listener called on the callback executor
   */
  public CompletableFuture<LockGrant> acquire(AcquireRequest request, QueueListener listener) {
    LiveSession session = keeper.live();
    boolean waits = patience(request) != Patience.NONE;
    NewsOfQueue news = new NewsOfQueue(session, listener);
    CompletableFuture<LockGrant> future =
        FutureCall.make(
            session,
            action(request, patience(request)),
            deadlineNanos(session, request),
            Call.WhenLate.UNDO,
            result -> grant(session, waits ? Outcomes.waited(result) : result),
            news);
    news.whileWaitingFor(future);
    return future;
  }

  /**
   * Gets the locks at once or not at all; the request's waiting time does not matter.
   *
   * @return granted or refused; or {@link OutcomeUnknownException} after the request time-out,
   *     {@link OverloadedException}, {@link UnavailableException} or {@link
   *     SessionExpiredException}
   */
  public CompletableFuture<PreemptResult> preempt(AcquireRequest request) {
    LiveSession session = keeper.live();
    return FutureCall.make(
        session,
        action(request, Patience.NONE),
        limit(session),
        Call.WhenLate.DOUBT,
        result -> preempted(session, result));
  }

  /**
   * Releases a grant of this session by its token. The grant's {@code isHeld()} is false when this
   * returns, and its end is not announced as a loss. To cancel the future does not take the release
   * back.
   *
   * @return done; or {@link LockLostException} if the grant had ended before, {@link
   *     OutcomeUnknownException} after the request time-out (the release goes on in the background)
   */
  public CompletableFuture<Void> release(FencingToken token) {
    return Releasing.laterByToken(keeper.live(), token.value(), keeper.requestTimeout());
  }

  /**
   * Asks the holder of a lock to give it back, in the name of a request of this client that waits
   * for it. The holder is told, and decides; nothing changes by the question.
   *
   * @param lock what this client waits for
   * @param holder the holder's token, from {@link Holdfast#check} or a refusal
   * @param detail for the holder to read; at most 256 characters
   * @return done when the cluster has passed it on; or {@link LockRefusedException} ({@link
   *     RefusalReason#NOT_WAITING} if no request of this client waits for that grant, {@link
   *     RefusalReason#STALE_TOKEN} if it has ended), {@link OutcomeUnknownException} after the
   *     request time-out
   */
  public CompletableFuture<Void> askToLetGo(String lock, FencingToken holder, String detail) {
    LiveSession session = keeper.live();
    return FutureCall.make(
        session,
        new Action.AskRevocation(holder.value(), lock, detail),
        limit(session),
        Call.WhenLate.DOUBT,
        result -> asked(session, result));
  }

  @SuppressWarnings("NullAway") // a Void is always null
  private static Void asked(LiveSession session, CallResult result) {
    if (result instanceof CallResult.Done) {
      return null;
    }
    throw Outcomes.failure(result, session);
  }

  /** See {@link LockGrant#extend}. */
  public CompletableFuture<LockGrant> extend(LockGrant grant, Duration lease) {
    return grant.extendAsync(lease);
  }

  /**
   * Finds out what became of a request whose outcome is unknown, as soon as a node answers. There
   * is no time-out: use {@code orTimeout}.
   *
   * @return what became of it; or {@link IllegalArgumentException} if this client has no such
   *     request open
   */
  public CompletableFuture<Resolution> resolve(RequestId id) {
    LiveSession session = keeper.latest();
    long sessionId = session.id().map(SessionId::value).orElse(0L);
    if (keeper.isFormer(id.sessionId())) {
      return CompletableFuture.completedFuture(new Resolution.SessionOver());
    }
    CompletableFuture<Resolution> future = new CompletableFuture<>();
    if (id.sessionId().value() != sessionId) {
      future.completeExceptionally(notOpen(id));
      return future;
    }
    session.resolve(
        id.sequence(),
        result -> {
          if (future.isDone()) {
            return false;
          }
          session.callback(
              () ->
                  FutureCall.complete(session, future, each -> resolution(session, each), result));
          return true;
        },
        () -> session.callback(() -> future.completeExceptionally(notOpen(id))));
    return future;
  }

  /**
   * Takes back a request whose outcome is unknown: what was granted by it is released in the
   * background.
   */
  public void abandon(RequestId id) {
    LiveSession session = keeper.ifAny();
    if (session != null && session.id().map(id.sessionId()::equals).orElse(false)) {
      session.abandonDoubt(id.sequence());
    }
  }

  /** Waits for the answer; a grant is {@code kept} before anybody else learns of its effects. */
  PreemptResult preemptAndWait(AcquireRequest request, Consumer<LockGrant> kept)
      throws InterruptedException {
    LiveSession session = keeper.live();
    BlockingCall call =
        new BlockingCall(
            session,
            action(request, Patience.NONE),
            limit(session),
            Call.WhenLate.DOUBT,
            result -> {
              if (result instanceof CallResult.Granted) {
                kept.accept(grant(session, result));
              }
            });
    return preempted(session, call.awaitInterruptibly());
  }

  /** As long as the request says; see {@link MultiLock#acquire}. */
  LockGrant acquireAndWait(AcquireRequest request, boolean interruptibly)
      throws InterruptedException {
    LiveSession session = keeper.live();
    BlockingCall call = waiting(session, request);
    CallResult result = interruptibly ? call.awaitInterruptibly() : call.await();
    boolean waits = patience(request) != Patience.NONE;
    return grant(session, waits ? Outcomes.waited(result) : result);
  }

  /** Empty if the locks cannot be had in time; see {@link MultiLock#tryAcquire}. */
  Optional<LockGrant> tryAcquireAndWait(AcquireRequest request) throws InterruptedException {
    LiveSession session = keeper.live();
    return maybeGrant(session, request, waiting(session, request).awaitInterruptibly());
  }

  CompletableFuture<Optional<LockGrant>> tryAcquire(AcquireRequest request) {
    LiveSession session = keeper.live();
    return FutureCall.make(
        session,
        action(request, patience(request)),
        deadlineNanos(session, request),
        Call.WhenLate.UNDO,
        result -> maybeGrant(session, request, result));
  }

  private Optional<LockGrant> maybeGrant(
      LiveSession session, AcquireRequest request, CallResult result) {
    if (result instanceof CallResult.TimedOut && patience(request) != Patience.NONE) {
      return Optional.empty();
    }
    boolean inTheWay =
        result instanceof CallResult.Refused refused
            && Outcomes.isInTheWay(RefusalReason.of(refused.refused().getReasonValue()));
    return inTheWay ? Optional.empty() : Optional.of(grant(session, result));
  }

  private BlockingCall waiting(LiveSession session, AcquireRequest request) {
    return new BlockingCall(
        session,
        action(request, patience(request)),
        deadlineNanos(session, request),
        Call.WhenLate.UNDO);
  }

  private static Patience patience(AcquireRequest request) {
    Duration wait = request.waitAtMost();
    if (wait == null) {
      return Patience.ENDLESS;
    }
    return wait.isZero() ? Patience.NONE : Patience.LIMITED;
  }

  private long deadlineNanos(LiveSession session, AcquireRequest request) {
    Duration wait = request.waitAtMost();
    if (wait == null) {
      return Call.NEVER;
    }
    return wait.isZero() ? limit(session) : session.nanosFromNow(wait);
  }

  private long limit(LiveSession session) {
    return session.nanosFromNow(keeper.requestTimeout());
  }

  private Action action(AcquireRequest request, Patience patience) {
    String owner = request.owner();
    Duration lease = request.lease();
    return new Action.AcquireLocks(
        owner == null ? "async-" + lastOwner.incrementAndGet() : owner,
        request.demands().stream().map(Demand::wire).toList(),
        patience,
        lease == null ? 0 : lease.toMillis(),
        new Action.Terms(
            request.atLeast().toMillis(),
            request.lockDelay().toMillis(),
            request.gated(),
            request.priority()));
  }

  private LockGrant grant(LiveSession session, CallResult result) {
    if (result instanceof CallResult.Granted granted) {
      return new LockGrant(session, granted.grant(), keeper.requestTimeout());
    }
    throw Outcomes.failure(result, session);
  }

  private PreemptResult preempted(LiveSession session, CallResult result) {
    if (result instanceof CallResult.Refused refused) {
      Refusal refusal = Outcomes.refusal(refused.refused());
      if (Outcomes.isOverload(refusal.reason())) {
        throw Outcomes.exception(refusal);
      }
      return new PreemptResult.Refused(refusal);
    }
    return new PreemptResult.Granted(grant(session, result));
  }

  private Resolution resolution(LiveSession session, CallResult result) {
    if (result instanceof CallResult.Granted) {
      return new Resolution.Granted(grant(session, result));
    }
    if (result instanceof CallResult.Converted converted) {
      return new Resolution.Granted(
          new LockGrant(session, converted.grant(), keeper.requestTimeout()));
    }
    if (result instanceof CallResult.HandedOver handedOver) {
      return new Resolution.HandedOver(new FencingToken(handedOver.token()));
    }
    if (result instanceof CallResult.Refused refused) {
      return new Resolution.NotApplied(Outcomes.refusal(refused.refused()));
    }
    if (result instanceof CallResult.Appended appended) {
      return new Resolution.Appended(new FileAppend(appended.offset(), appended.length()));
    }
    if (result instanceof CallResult.Done) {
      return new Resolution.Done();
    }
    return result instanceof CallResult.Released
        ? new Resolution.Released()
        : new Resolution.SessionOver();
  }

  private static IllegalArgumentException notOpen(RequestId id) {
    return new IllegalArgumentException(
        "no request "
            + id
            + " is in doubt here: it was resolved or abandoned before, or more than a"
            + " TTL ago");
  }
}
