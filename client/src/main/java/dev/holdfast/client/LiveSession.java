package dev.holdfast.client;

import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.SentRequest;
import dev.holdfast.client.session.SessionMachine;
import dev.holdfast.client.session.SessionObserver;
import dev.holdfast.client.session.SessionSettings;
import dev.holdfast.client.session.SessionState;
import dev.holdfast.client.session.SessionThread;
import dev.holdfast.client.session.WallClock;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One session as users see it, and as the rest of the library uses it: hands calls to the machine's
 * thread.
 */
final class LiveSession implements Session, SessionObserver, CallDesk {
  private final NanoClock clock;
  private final Callbacks callbacks;
  private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<Long, CompletableFuture<GrantLoss>> losses =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, CompletableFuture<AskedToLetGo>> questions =
      new ConcurrentHashMap<>();
  private final ReceivedGrants received = new ReceivedGrants();
  private final Duration requestTimeout;
  private final CompletableFuture<String> whenLost = new CompletableFuture<>();
  private final CompletableFuture<Void> whenOpened = new CompletableFuture<>();
  private final CompletableFuture<Void> whenEnded = new CompletableFuture<>();
  private final @Nullable ClientHistory history;
  private final SessionThread thread;
  private volatile long sessionId;
  private volatile @Nullable String nodeId;
  private volatile @Nullable SessionState over;

  LiveSession(
      SessionSettings settings,
      Network network,
      NanoClock clock,
      RandomGenerator random,
      Callbacks callbacks,
      List<SessionListener> listeners,
      Duration requestTimeout,
      @Nullable ClientHistory history) {
    this.clock = clock;
    this.requestTimeout = requestTimeout;
    this.callbacks = callbacks;
    this.listeners.addAll(listeners);
    this.history = history;
    WallClock wall = System::currentTimeMillis;
    this.thread =
        new SessionThread(
            network,
            clock,
            transport -> new SessionMachine(settings, clock, wall, random, transport, this));
  }

  void start() {
    thread.start();
  }

  /** The network's thread has ended: nobody is to wait for it any more. */
  void loopEnded() {
    thread.loopEnded();
  }

  // What the library does with it.

  long nanosFromNow(Duration duration) {
    long nowNanos = clock.nanoTime();
    try {
      return Math.addExact(nowNanos, duration.toNanos());
    } catch (ArithmeticException beyondTheClock) {
      return Call.NEVER;
    }
  }

  long nowNanos() {
    return clock.nanoTime();
  }

  @Override
  public void submit(Call call) {
    thread.post(() -> thread.machine().submit(call));
  }

  @Override
  public void abandon(Call call) {
    thread.post(() -> thread.machine().abandon(call));
  }

  @Override
  public void undo(CallResult result) {
    if (result instanceof CallResult.Granted granted) {
      releaseInBackground(granted.grant());
    } else {
      thread.post(() -> thread.machine().undo(result));
    }
  }

  /** Releases a grant that nobody will use; nobody waits for the answer. */
  void releaseInBackground(HeldGrant grant) {
    grant.markReleased();
    losses.remove(grant.token());
    submit(BackgroundRelease.of(grant.token()));
  }

  void resolve(long sequence, Call.Resolver resolver, Runnable unknown) {
    thread.post(
        () -> {
          if (!thread.machine().resolve(sequence, resolver)) {
            unknown.run();
          }
        });
  }

  void abandonDoubt(long sequence) {
    thread.post(() -> thread.machine().abandonDoubt(sequence));
  }

  @Override
  public void callback(Runnable task) {
    callbacks.run(task);
  }

  @Override
  public void requireOtherThread() {
    if (thread.isCurrentThread()) {
      throw new IllegalStateException(
          "a callback on the session's thread must not wait for the session: use the asynchronous"
              + " calls, or another callback executor");
    }
  }

  /** The future for the loss of a grant; completed at once if it is lost already. */
  CompletableFuture<GrantLoss> whenLost(HeldGrant grant) {
    CompletableFuture<GrantLoss> future =
        losses.computeIfAbsent(grant.token(), token -> new CompletableFuture<>());
    HeldGrant latest = grant.latest();
    if (latest != grant) {
      var unused = move(losses, grant.token(), latest.token());
      return whenLost(latest);
    }
    LossReason known = grant.loss();
    if (grant.isGivenBack()) {
      losses.remove(grant.token());
    } else if (known != null) {
      losses.remove(grant.token());
      callback(() -> future.complete(new GrantLoss(new FencingToken(grant.token()), known, "")));
    }
    return future;
  }

  /** The future for the next question to give a grant back. */
  CompletableFuture<AskedToLetGo> whenAskedToLetGo(HeldGrant grant) {
    CompletableFuture<AskedToLetGo> future =
        questions.computeIfAbsent(grant.token(), token -> new CompletableFuture<>());
    HeldGrant latest = grant.latest();
    if (latest != grant) {
      var unused = move(questions, grant.token(), latest.token());
      return whenAskedToLetGo(latest);
    }
    if (grant.isGivenBack() || grant.loss() != null) {
      questions.remove(grant.token()); // nobody will ask
    }
    return future;
  }

  /**
   * Whoever has a grant has this other one instead from now on: who waits to hear of the one hears
   * of the other.
   */
  void goesOnAs(HeldGrant before, HeldGrant next) {
    if (move(losses, before.token(), next.token())) {
      var unused = whenLost(next); // if that is lost already, nobody tells of it again
    }
    if (move(questions, before.token(), next.token())) {
      var unused = whenAskedToLetGo(next);
    }
  }

  /** What was handed over to this session. */
  ReceivedGrants received() {
    return received;
  }

  /**
   * The release of this token is about to be asked for: its grant is not held from now on, and
   * nobody is told of its loss.
   */
  @Nullable HeldGrant giveBack(long token) {
    HeldGrant grant = thread.machine().giveBack(token);
    if (grant != null) {
      forget(grant);
    }
    return grant;
  }

  /** The grant was given back: nobody is to be told of its loss. */
  void forget(HeldGrant grant) {
    if (!losses.isEmpty()) {
      losses.remove(grant.token());
    }
    if (!questions.isEmpty()) {
      questions.remove(grant.token());
    }
  }

  RequestId requestId(long sequence) {
    return new RequestId(new SessionId(sessionId), sequence);
  }

  boolean isOver() {
    return state().isOver();
  }

  String lastProblem() {
    return thread.machine().lastProblem();
  }

  RefusalReason lastRefusal() {
    return thread.machine().lastRefusal();
  }

  long revisionSeen() {
    return thread.machine().revisionSeen();
  }

  CompletableFuture<Void> whenOpened() {
    return whenOpened;
  }

  /** Closes it; the future is done when the cluster knows, or the time is over. */
  CompletableFuture<Void> close(Duration limit) {
    long deadlineNanos = nanosFromNow(limit);
    thread.post(() -> thread.machine().close(deadlineNanos));
    return whenEnded;
  }

  // What users see.

  @Override
  public Optional<SessionId> id() {
    long id = sessionId;
    return id == 0 ? Optional.empty() : Optional.of(new SessionId(id));
  }

  @Override
  public SessionState state() {
    SessionState last = over;
    return last != null ? last : thread.machine().stateByClock();
  }

  @Override
  public Optional<String> node() {
    return Optional.ofNullable(nodeId);
  }

  @Override
  public Duration remaining() {
    return over != null ? Duration.ZERO : Duration.ofNanos(thread.machine().remainingNanos());
  }

  @Override
  public CompletableFuture<String> whenLost() {
    return whenLost.copy();
  }

  @Override
  public void addListener(SessionListener listener) {
    listeners.add(listener);
  }

  @Override
  public void removeListener(SessionListener listener) {
    listeners.remove(listener);
  }

  @Override
  public String toString() {
    return "session " + (sessionId == 0 ? "(not open yet)" : sessionId) + " " + state();
  }

  // What the machine tells.

  @Override
  public void opened(long id) {
    sessionId = id;
  }

  @Override
  public void attached(String node, String endpoint) {
    nodeId = node;
  }

  @Override
  public void stateChanged(SessionState from, SessionState to, String why) {
    if (to.isOver()) {
      over = to;
    }
    if (history != null) {
      history.changed(sessionId, to, why, clock.nanoTime());
    }
    callback(
        () -> {
          listeners.forEach(
              listener -> callbacks.tell(() -> listener.stateChanged(this, from, to, why)));
          if (from == SessionState.OPENING && !to.isOver()) {
            whenOpened.complete(null); // after the listeners: who waits for it finds them told
          }
          if (to.isOver()) {
            whenOpened.completeExceptionally(new SessionExpiredException(why));
          }
          if (to == SessionState.LOST) {
            whenLost.complete(why);
          }
          if (to.isOver()) {
            received.end(why);
          }
        });
  }

  @Override
  public void grantLost(HeldGrant grant, LossReason reason, String detail) {
    CompletableFuture<GrantLoss> future = losses.remove(grant.token());
    questions.remove(grant.token());
    if (reason == LossReason.SESSION_CLOSED || grant.isGivenBack()) {
      return;
    }
    GrantLoss loss = new GrantLoss(new FencingToken(grant.token()), reason, detail);
    boolean alone = reason != LossReason.SESSION_LOST;
    if (future != null || (alone && !listeners.isEmpty())) {
      callback(
          () -> {
            if (alone) {
              listeners.forEach(listener -> callbacks.tell(() -> listener.grantLost(this, loss)));
            }
            if (future != null) {
              future.complete(loss);
            }
          });
    }
  }

  @Override
  public void grantContinued(HeldGrant before, HeldGrant next) {
    goesOnAs(before, next);
  }

  /** Several threads may do so at the same time, and others wait for the next one already. */
  private static <T> boolean move(
      ConcurrentHashMap<Long, CompletableFuture<T>> futures, long before, long next) {
    CompletableFuture<T> future = futures.remove(before);
    if (future != null) {
      CompletableFuture<T> there = futures.putIfAbsent(next, future);
      if (there != null) {
        var unused = there.thenAccept(future::complete);
      }
    }
    return future != null;
  }

  @Override
  public void grantReceived(HeldGrant grant, long fromSessionId, long fromToken) {
    LockGrant handed = new LockGrant(this, grant, requestTimeout);
    FencingToken token = new FencingToken(grant.token());
    callback(
        () -> {
          listeners.forEach(
              listener -> callbacks.tell(() -> listener.grantReceived(this, grant.owner(), token)));
          received.arrived(handed);
        });
  }

  @Override
  public void revocationRequested(
      HeldGrant grant, long bySessionId, String operator, String detail) {
    CompletableFuture<AskedToLetGo> future = questions.remove(grant.token());
    AskedToLetGo asked =
        new AskedToLetGo(
            new FencingToken(grant.token()),
            bySessionId == 0 ? null : new SessionId(bySessionId),
            operator,
            detail);
    if (future != null || !listeners.isEmpty()) {
      callback(
          () -> {
            listeners.forEach(listener -> callbacks.tell(() -> listener.askedToLetGo(this, asked)));
            if (future != null) {
              future.complete(asked);
            }
          });
    }
  }

  @Override
  public void ended() {
    whenEnded.complete(null);
  }

  // What a recording needs.

  @Override
  public void openedSince(long sentNanos, long ttlMillis) {
    if (history != null) {
      history.opened(sessionId, recordedNode(), ttlMillis, sentNanos, clock.nanoTime());
    }
  }

  @Override
  public void renewed(long sentNanos, long clockMillis) {
    if (history != null) {
      history.renewed(sessionId, sentNanos, clock.nanoTime(), clockMillis);
    }
  }

  @Override
  public void requestAnswered(SentRequest request, Answer answer) {
    if (history != null) {
      history.answered(sessionId, request, recordedNode(), answer, clock.nanoTime());
    }
  }

  @Override
  public void requestUnanswered(SentRequest request) {
    if (history != null) {
      history.unanswered(sessionId, request, clock.nanoTime());
    }
  }

  @Override
  public void holdingEnded(HeldGrant grant, long untilNanos, @Nullable LossReason reason) {
    if (history != null) {
      history.held(sessionId, grant, untilNanos, reason);
    }
  }

  private String recordedNode() {
    String node = nodeId;
    return node == null ? "" : node;
  }

  /** A release without anybody waiting for it. */
  private static final class BackgroundRelease extends Call {
    private BackgroundRelease(long token) {
      super(new dev.holdfast.client.session.Action.ReleaseGrant(token), NEVER, WhenLate.DOUBT);
    }

    static BackgroundRelease of(long token) {
      return new BackgroundRelease(token);
    }

    @Override
    protected boolean deliver(CallResult result) {
      return true;
    }
  }
}
