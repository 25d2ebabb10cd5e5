package dev.holdfast.client.session;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.Attached;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.LostGrant;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Renewed;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client's session: one life at the cluster, from opening to its end, over as many streams and
 * nodes as it takes.
 *
 * <p>It is a state machine for one thread. Clocks, randomness and the way to the nodes are handed
 * in; there are no threads and no sockets in here, so a simulator drives this very class. Whoever
 * drives it tells it what happens ({@link #submit}, {@link #frameArrived}, ...) and after each
 * batch of events calls {@link #advance}, which does what time demands and sends all that is
 * waiting, many requests a frame; and again when {@link #nextWakeNanos} has come.
 *
 * <p>Parts: {@link Lease} knows until when the session is certain, {@link Requests} what is asked
 * and not yet answered, {@link Grants} what is held, {@link Endpoints} where to go next. This class
 * has the stream and the session's life.
 */
public final class SessionMachine {
  private static final int RANDOM_BYTES = 16;

  private final SessionSettings settings;
  private final NanoClock clock;
  private final RandomGenerator random;
  private final SessionObserver observer;
  private final Timers timers = new Timers();
  private final Lease lease;
  private final Grants grants;
  private final Requests requests;
  private final StreamLink link;

  private SessionState state = SessionState.OPENING;
  private long sessionId;
  private ByteString nonce = ByteString.EMPTY;
  private ByteString secret = ByteString.EMPTY;

  private long renewAtNanos = Long.MAX_VALUE;
  private long watchAtNanos;
  private long closeAtNanos = Long.MAX_VALUE;
  private boolean closeSent;
  private boolean ended;
  private volatile long revisionSeen;
  private volatile String lastProblem = "no node has answered yet";
  private volatile RefusalReason lastRefusal = RefusalReason.REFUSAL_UNSPECIFIED;

  /**
   * A session that begins to open with the first {@link #advance}.
   *
   * @param settings what to open it with
   * @param clock monotonic
   * @param wall the time of day
   * @param random for the secret, so cryptographically strong outside simulations
   * @param transport the way to the nodes
   * @param observer told what becomes of the session
   */
  public SessionMachine(
      SessionSettings settings,
      NanoClock clock,
      WallClock wall,
      RandomGenerator random,
      Transport transport,
      SessionObserver observer) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.observer = observer;
    this.lease = new Lease(clock, wall, settings.ttlMillis());
    this.grants = new Grants(lease, timers, observer);
    this.requests = new Requests(lease, timers, grants, settings.retry(), random, observer);
    this.link = new StreamLink(transport, settings, random, clock.nanoTime());
    this.watchAtNanos = clock.nanoTime();
  }

  /** What the session is like, as far as {@link #advance} has noticed. */
  public SessionState state() {
    return state;
  }

  /** What the session is like by the clocks of this moment; any thread may ask. */
  public SessionState stateByClock() {
    return lease.state();
  }

  /** Nanoseconds for which the session is certain without another renewal; any thread may ask. */
  public long remainingNanos() {
    long deadlineNanos = lease.deadlineNanos();
    return lease.isTrusted() ? Math.max(0, deadlineNanos - lease.nowNanos()) : 0;
  }

  /** Why the session is not attached or not alive any more, for a person; any thread may ask. */
  public String lastProblem() {
    return lastProblem;
  }

  /** The last reason for which a node refused the session, if one did; any thread may ask. */
  public RefusalReason lastRefusal() {
    return lastRefusal;
  }

  /** The highest revision of the map that an answer told of; any thread may ask. */
  public long revisionSeen() {
    return revisionSeen;
  }

  /**
   * The release of this token is about to be asked for: from now on its grant is not held, and its
   * end is no loss. Submitting a release says the same; this is for any thread, so that whoever
   * asks need not wait for the session's.
   *
   * @param token of a grant of this session
   * @return the grant; null if the session does not hold it
   */
  public @Nullable HeldGrant giveBack(long token) {
    return grants.giveBack(token);
  }

  /**
   * Takes in something to be asked of the cluster; its result is delivered later, or at once if the
   * session is over.
   *
   * @param call a new one
   */
  public void submit(Call call) {
    if (state.isOver()) {
      call.stage = Call.Stage.DONE;
      call.deliver(over());
    } else {
      requests.submit(call);
    }
  }

  /**
   * The caller has left without waiting for the result.
   *
   * @param call one that was submitted
   */
  public void abandon(Call call) {
    if (!state.isOver()) {
      requests.abandon(call);
    }
  }

  /**
   * Finds out what became of a call whose outcome is unknown.
   *
   * @param sequence from {@link CallResult.Unknown}
   * @param resolver told as soon as it is certain
   * @return false if there is no such call, or somebody asked before
   */
  public boolean resolve(long sequence, Call.Resolver resolver) {
    if (state.isOver()) {
      return resolver.resolved(over());
    }
    return requests.resolve(sequence, resolver);
  }

  /**
   * Somebody was given a result and is not there any more: it is undone.
   *
   * @param result that was taken by {@link Call#deliver}
   */
  public void undo(CallResult result) {
    if (!state.isOver()) {
      requests.undo(result);
    }
  }

  /**
   * Nobody wants to know what became of a call whose outcome is unknown: it is undone.
   *
   * @param sequence from {@link CallResult.Unknown}
   */
  public void abandonDoubt(long sequence) {
    if (!state.isOver()) {
      requests.abandonDoubt(sequence);
    }
  }

  /**
   * Ends the session, and tells the cluster if that is possible until the deadline.
   *
   * @param deadlineNanos when {@link SessionObserver#ended} is called at the latest
   */
  public void close(long deadlineNanos) {
    if (state.isOver()) {
      return;
    }
    boolean known = state != SessionState.OPENING || link.isUp();
    end(SessionState.CLOSED, LossReason.SESSION_CLOSED, "closed by the client");
    closeAtNanos = deadlineNanos;
    if (!known) {
      finish();
    }
  }

  /**
   * Gives the session up at once, because something is wrong with this client.
   *
   * @param why for a person
   */
  public void fail(String why) {
    end(SessionState.LOST, LossReason.SESSION_LOST, why);
    finish();
  }

  /** Does what time demands, then sends what waits. To be called after each batch of events. */
  public void advance() {
    if (ended) {
      return;
    }
    long nowNanos = clock.nanoTime();
    if (nowNanos >= closeAtNanos) {
      finish();
      return;
    }
    checkLease(nowNanos);
    if (!state.isOver()) {
      timers.runDue(nowNanos);
    }
    if (ended) {
      return;
    }
    checkLink(nowNanos);
    if (link.isAttached()) {
      send(nowNanos);
    }
  }

  /** When {@link #advance} has something to do at the latest, if nothing else happens. */
  public long nextWakeNanos() {
    if (ended) {
      return Long.MAX_VALUE;
    }
    long wakeNanos = closeAtNanos;
    if (!state.isOver()) {
      wakeNanos = Math.min(wakeNanos, timers.nextNanos());
      wakeNanos = Math.min(wakeNanos, lease.deadlineNanos());
      wakeNanos = Math.min(wakeNanos, sessionId == 0 ? Long.MAX_VALUE : watchAtNanos);
      wakeNanos =
          state == SessionState.HELD ? Math.min(wakeNanos, lease.jeopardyAtNanos()) : wakeNanos;
    }
    if (link.isAttached() && !state.isOver()) {
      wakeNanos = Math.min(wakeNanos, renewAtNanos);
    }
    return Math.min(wakeNanos, link.nextWakeNanos(silenceMaxNanos()));
  }

  /**
   * A node said something.
   *
   * @param from the stream
   * @param frame what it said
   */
  public void frameArrived(int from, NodeFrame frame) {
    if (ended || !link.isPresent(from)) {
      return;
    }
    if (frame.hasRefused()) {
      refused(frame.getRefused());
      return;
    }
    if (frame.hasAttached() && !attached(frame.getAttached())) {
      return;
    }
    for (Renewed renewed : frame.getRenewalsList()) {
      renewed(renewed);
    }
    for (Answered answered : frame.getAnswersList()) {
      if (!state.isOver()) {
        answered(answered);
      }
    }
    for (LostGrant lost : frame.getLostGrantsList()) {
      grants.hearOfLoss(lost.getToken(), Wire.lossReason(lost.getReason()), detailOf(lost));
    }
    if (!state.isOver()) {
      frame.getReceivedGrantsList().forEach(grants::receive);
      frame.getRevocationsList().forEach(grants::revocationRequested);
      frame.getQueueNewsList().forEach(requests::newsArrived);
    }
    if (frame.hasHeld()) {
      grants.compareWith(frame.getHeld());
    }
    heard();
    if (frame.getClosed()) {
      end(SessionState.LOST, LossReason.SESSION_LOST, "a node says that the session was closed");
      finish();
    } else if (frame.hasMove() && !ended) {
      link.prefer(frame.getMove().getEndpointsList());
      streamFailed(
          "the node at " + link.endpoint() + " sent us away: " + frame.getMove().getDetail());
    }
  }

  /**
   * A stream is gone.
   *
   * @param from the stream
   * @param why for a person
   */
  public void streamClosed(int from, String why) {
    if (!ended && link.isPresent(from)) {
      streamFailed(link.endpoint() + ": " + why);
    }
  }

  private void answered(Answered answered) {
    if (answered.getAnswer().hasRefused()
        && Wire.answerEndsSession(answered.getAnswer().getRefused().getReason())) {
      RefusalReason reason = answered.getAnswer().getRefused().getReason();
      end(
          SessionState.LOST,
          LossReason.SESSION_LOST,
          "the cluster has ended the session: " + reason);
      finish();
    } else {
      revisionSeen = Math.max(revisionSeen, answered.getAnswer().getRevision());
      requests.answered(answered.getSequence(), answered.getAnswer());
    }
  }

  private boolean attached(Attached attached) {
    boolean opens = state == SessionState.OPENING;
    if (opens) {
      if (lease.openIsStale()) {
        streamFailed("opening the session took too long");
        return false;
      }
      sessionId = attached.getSessionId();
      lease.opened(attached.getTtlMillis());
      observer.opened(sessionId);
    }
    link.attached(attached.getEndpointsList());
    observer.attached(attached.getNodeId(), link.endpoint());
    if (opens) {
      changeTo(lease.state(), "opened at node " + attached.getNodeId());
      observer.openedSince(lease.renewedSinceNanos(), lease.ttlMillis());
    }
    requests.streamBegins();
    if (attached.hasHeld()) {
      grants.compareWith(attached.getHeld());
    }
    renewAtNanos = clock.nanoTime();
    return true;
  }

  private void renewed(Renewed renewed) {
    if (lease.renewed(renewed.getNonce(), renewed.getClockMillis())) {
      observer.renewed(lease.renewedSinceNanos(), renewed.getClockMillis());
      link.proven();
      grants.renewed();
      SessionState now = lease.state();
      // An acknowledgement may come too late for itself; then the session ends with all that it
      // has.
      if (!state.isOver() && now != SessionState.LOST) {
        changeTo(now, "renewed");
      }
    }
  }

  private void refused(Refused refused) {
    String text =
        refused.getReason() + (refused.getDetail().isEmpty() ? "" : ": " + refused.getDetail());
    lastRefusal = refused.getReason();
    boolean opening = sessionId == 0;
    if (!opening && Wire.endsSession(refused.getReason())) {
      end(SessionState.LOST, LossReason.SESSION_LOST, "the cluster has ended the session: " + text);
      finish();
    } else if (opening && refused.getReason() == RefusalReason.INVALID_REQUEST) {
      lastProblem = text;
      end(
          SessionState.LOST,
          LossReason.SESSION_LOST,
          "the cluster refused to open the session: " + text);
      finish();
    } else {
      streamFailed("the node at " + link.endpoint() + " refused the session: " + text);
    }
  }

  private void heard() {
    boolean owes = closeSent || lease.awaitsRenewal() || requests.awaitsAnswers();
    link.heard(owes, clock.nanoTime());
  }

  private void checkLease(long nowNanos) {
    if (state.isOver() || sessionId == 0) {
      return;
    }
    SessionState now = lease.state();
    if (now == SessionState.LOST) {
      String why = "no renewal was acknowledged within the TTL; last problem: " + lastProblem;
      end(SessionState.LOST, LossReason.SESSION_LOST, why);
      finish();
      return;
    }
    if (now != state) {
      if (lease.isSuspicious()) {
        changeTo(now, "wall time ran ahead, as after a suspend: the session is being verified");
        renewAtNanos = nowNanos;
      } else {
        changeTo(now, "no renewal was acknowledged for two thirds of the TTL: " + lastProblem);
      }
    }
    watchAtNanos = nowNanos + lease.ttlNanos() / 10;
  }

  private void checkLink(long nowNanos) {
    String problem = link.problemAt(nowNanos, silenceMaxNanos());
    if (problem != null) {
      streamFailed(problem);
    }
    if (link.isDue(nowNanos)) {
      link.open(nowNanos, firstFrame());
    }
  }

  private long silenceMaxNanos() {
    return lease.ttlNanos() / 4;
  }

  private ClientFrame firstFrame() {
    if (sessionId != 0) {
      return ClientFrame.newBuilder()
          .setResume(ResumeSessionFrame.newBuilder().setSessionId(sessionId).setSecret(secret))
          .build();
    }
    if (nonce.isEmpty() || lease.openIsStale()) {
      nonce = randomBytes();
      secret = randomBytes();
      lease.forgetOpen();
    }
    lease.openSent();
    return ClientFrame.newBuilder()
        .setOpen(
            OpenSessionFrame.newBuilder()
                .setNonce(nonce)
                .setSecret(secret)
                .setClientId(settings.clientId())
                .setLabel(settings.label())
                .setTtlMillis(settings.ttlMillis())
                .setLocksMax(settings.locksMax()))
        .build();
  }

  private void streamFailed(String why) {
    link.failed(clock.nanoTime());
    lastProblem = why;
    renewAtNanos = Long.MAX_VALUE;
    closeSent = false;
  }

  private void send(long nowNanos) {
    if (state == SessionState.CLOSED) {
      if (!closeSent) {
        closeSent = true;
        link.send(ClientFrame.newBuilder().setClose(true).build(), nowNanos);
      }
      return;
    }
    boolean renews = nowNanos >= renewAtNanos;
    if (renews) {
      requests.sendAgainBefore(nowNanos - lease.ttlNanos() / 2);
    }
    while (renews || requests.hasWork()) {
      ClientFrame.Builder frame = ClientFrame.newBuilder();
      if (renews) {
        frame.addRenewals(RenewFrame.newBuilder().setNonce(lease.renewalSent()));
        renewAtNanos = nowNanos + renewalGapNanos();
        renews = false;
      }
      requests.fill(frame);
      if (frame.getRequestsCount() == 0 && frame.getRenewalsCount() == 0) {
        return;
      }
      link.send(frame.build(), nowNanos);
    }
  }

  private long renewalGapNanos() {
    return state == SessionState.JEOPARDY ? lease.ttlNanos() / 12 : lease.ttlNanos() / 3;
  }

  private void changeTo(SessionState next, String why) {
    if (next != state) {
      SessionState before = state;
      state = next;
      if (next == SessionState.JEOPARDY && link.isAttached()) {
        renewAtNanos = clock.nanoTime();
      }
      observer.stateChanged(before, next, why);
    }
  }

  /** Nothing is held from here on, and everybody is told. */
  private void end(SessionState last, LossReason reason, String why) {
    if (state.isOver()) {
      return;
    }
    lease.end();
    lastProblem = why;
    changeTo(last, why);
    grants.loseAll(reason, why);
    requests.endAll(new CallResult.SessionOver(last, why, false));
    timers.clear();
  }

  private void finish() {
    if (!ended) {
      ended = true;
      link.drop();
      observer.ended();
    }
  }

  private CallResult over() {
    return new CallResult.SessionOver(state, lastProblem, true);
  }

  private ByteString randomBytes() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static String detailOf(LostGrant lost) {
    return lost.getOperator().isEmpty()
        ? lost.getDetail()
        : "by " + lost.getOperator() + (lost.getDetail().isEmpty() ? "" : ": " + lost.getDetail());
  }
}
