package dev.holdfast.core;

import dev.holdfast.core.Event.GrantCause;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Event.QueueExit;
import dev.holdfast.core.Outcome.Answered;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Request;
import org.jspecify.annotations.Nullable;

/**
 * Numbered requests of sessions: each is executed once, whatever comes twice, late or in another
 * order.
 *
 * <p>A number is in one of these states: acknowledged (its answer was dropped: {@code
 * STALE_REQUEST}), answered (the stored answer again), waiting (its place in the queue again), or
 * new.
 */
final class Requests {
  private final State state;
  private final Steps steps;
  private final Acquiring acquiring;
  private final Converting converting;
  private final HandingOver handingOver;
  private final Values values;
  private final Revocations revocations;

  Requests(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.acquiring = new Acquiring(state, steps);
    this.converting = new Converting(state, steps);
    this.handingOver = new HandingOver(state, steps);
    this.values = new Values(state, steps);
    this.revocations = new Revocations(state, steps);
  }

  void execute(SessionRequest command, long revision) {
    long sessionId = command.getSessionId();
    Request request = command.getRequest();
    long sequence = request.getSequence();
    Session session = state.sessions.get(sessionId);
    if (session == null) {
      answerUnstored(sessionId, sequence, Answers.refused(RefusalReason.SESSION_EXPIRED, revision));
    } else if (session.asksByOperations()) {
      // Its numbers are the map's own, and nobody can have proved that it is his.
      answerUnstored(sessionId, sequence, Answers.refused(RefusalReason.WRONG_SECRET, revision));
    } else {
      execute(
          touch(session, command.hasAcknowledged() ? command.getAcknowledged() : null),
          request,
          revision);
    }
  }

  /** Executes what a client asks for under a number that the map has given it. */
  void executeNumbered(Session session, Request request, long revision) {
    execute(touch(session, null), request, revision);
  }

  private void execute(Session session, Request request, long revision) {
    long sessionId = session.id();
    long sequence = request.getSequence();
    if (sequence < 1) {
      answerUnstored(sessionId, sequence, Answers.refused(RefusalReason.INVALID_REQUEST, revision));
      return;
    }
    if (session.acknowledged().contains(sequence)) {
      answerUnstored(sessionId, sequence, Answers.refused(RefusalReason.STALE_REQUEST, revision));
      return;
    }
    Answer stored = state.answers.get(new AnswerKey(sessionId, sequence));
    if (stored != null) {
      answerUnstored(sessionId, sequence, Answers.fromStore(stored, state));
      return;
    }
    Waiting waiting = state.contentsOf(sessionId).waitingBySequence.get(sequence);
    if (waiting != null) {
      executeOnWaiting(waiting, request, revision);
    } else {
      executeNew(session, request, revision);
    }
    steps.settle();
  }

  /** Any command renews its session and may bring word of the answers that the client has. */
  private Session touch(Session session, @Nullable Acknowledged acknowledged) {
    Numbers before = session.acknowledged();
    Numbers after = acknowledged == null ? before : before.plus(acknowledged);
    if (after != before) {
      state.dropAcknowledged(session.id(), before, after);
    }
    long deadlineMillis = Steps.saturatedSum(state.clockMillis, session.ttlMillis());
    if (after == before && deadlineMillis == session.deadlineMillis()) {
      return session;
    }
    Session touched = session.with(deadlineMillis, after);
    state.replace(session, touched);
    return touched;
  }

  private void executeOnWaiting(Waiting waiting, Request request, long revision) {
    if (request.getActionCase() == Request.ActionCase.CANCEL) {
      steps.refuseWaiting(waiting, RefusalReason.CANCELLED, QueueExit.CANCELLED, revision);
    } else {
      answerUnstored(waiting.owner().sessionId(), waiting.sequence(), Answers.queued(waiting));
    }
  }

  private void executeNew(Session session, Request request, long revision) {
    long sequence = request.getSequence();
    RefusalReason limit = brokenLimit(session, request);
    if (limit != null) {
      answerUnstored(session.id(), sequence, Answers.refused(limit, revision));
      return;
    }
    switch (request.getActionCase()) {
      case ACQUIRE -> acquiring.execute(session, sequence, request.getAcquire(), revision);
      case RELEASE, EXTEND, CONVERT, HAND_OVER, SET_VALUE, APPEND_FILE, DELETE_FILE ->
          executeOnGrant(session, request, revision);
      case REQUEST_REVOCATION ->
          answer(
              session,
              sequence,
              revocations.request(session, request.getRequestRevocation(), revision),
              Answers.done(revision));
      // Nothing was executed under this number; now nothing ever will be.
      case CANCEL, RESOLVE ->
          steps.answer(session.id(), sequence, Answers.refused(RefusalReason.CANCELLED, revision));
      case ACTION_NOT_SET ->
          steps.answer(
              session.id(), sequence, Answers.refused(RefusalReason.INVALID_REQUEST, revision));
    }
  }

  /** Whether a session may ask for more at all; such a refusal is not kept. */
  private @Nullable RefusalReason brokenLimit(Session session, Request request) {
    SessionContents contents = state.contentsOf(session.id());
    return switch (request.getActionCase()) {
      case ACQUIRE, CONVERT, EXTEND, HAND_OVER, SET_VALUE, APPEND_FILE, DELETE_FILE -> {
        if (contents.storedAnswers >= Limits.STORED_ANSWERS_MAX) {
          yield RefusalReason.TOO_MANY_ANSWERS;
        }
        boolean mayWait = request.hasAcquire() || request.hasConvert();
        yield mayWait && contents.waitingBySequence.size() >= Limits.WAITING_PER_SESSION_MAX
            ? RefusalReason.TOO_MANY_REQUESTS
            : null;
      }
      case RELEASE, CANCEL, RESOLVE, REQUEST_REVOCATION, ACTION_NOT_SET -> null;
    };
  }

  /** What a session asks of a grant of its own. */
  private void executeOnGrant(Session session, Request request, long revision) {
    long sequence = request.getSequence();
    Grant grant = state.grants.get(tokenOf(request));
    if (grant == null || grant.owner().sessionId() != session.id()) {
      RefusalReason broken = grant == null ? RefusalReason.STALE_TOKEN : RefusalReason.NOT_HOLDER;
      steps.answer(session.id(), sequence, Answers.refused(broken, revision));
      return;
    }
    switch (request.getActionCase()) {
      case EXTEND -> extend(grant, sequence, request.getExtend(), revision);
      case CONVERT -> converting.execute(grant, sequence, request.getConvert(), revision);
      case HAND_OVER -> handingOver.execute(grant, sequence, request.getHandOver(), revision);
      case SET_VALUE ->
          answer(
              session,
              sequence,
              values.set(grant, request.getSetValue(), revision),
              Answers.done(revision));
      case APPEND_FILE ->
          steps.answer(
              session.id(),
              sequence,
              steps.files().append(grant, request.getAppendFile(), revision));
      case DELETE_FILE ->
          steps.answer(
              session.id(),
              sequence,
              steps.files().delete(grant, request.getDeleteFile(), revision));
      default -> {
        steps.endGrant(grant, GrantEnd.RELEASED, revision);
        steps.answer(session.id(), sequence, Answers.released(revision));
      }
    }
  }

  private static long tokenOf(Request request) {
    return switch (request.getActionCase()) {
      case RELEASE -> request.getRelease().getToken();
      case EXTEND -> request.getExtend().getToken();
      case CONVERT -> request.getConvert().getToken();
      case HAND_OVER -> request.getHandOver().getToken();
      case SET_VALUE -> request.getSetValue().getToken();
      case APPEND_FILE -> request.getAppendFile().getToken();
      case DELETE_FILE -> request.getDeleteFile().getToken();
      case ACQUIRE, CANCEL, RESOLVE, REQUEST_REVOCATION, ACTION_NOT_SET ->
          throw new IllegalStateException(request.getActionCase() + " is not about a grant");
    };
  }

  private void extend(Grant grant, long sequence, Extend extend, long revision) {
    long sessionId = grant.owner().sessionId();
    RefusalReason broken =
        extend.getLeaseMillis() <= 0
            ? RefusalReason.INVALID_REQUEST
            : grant.expiresAtMillis() == 0 ? RefusalReason.NOT_FIXED_LEASE : null;
    if (broken != null) {
      steps.answer(sessionId, sequence, Answers.refused(broken, revision));
      return;
    }
    steps.endGrant(grant, GrantEnd.EXTENDED, revision);
    Grant extended =
        grant.extended(
            steps.next(), Steps.saturatedSum(state.clockMillis, extend.getLeaseMillis()));
    steps.add(extended, GrantCause.EXTENDED, grant.token(), 0);
    steps.answer(sessionId, sequence, Answers.granted(extended));
  }

  private void answer(
      Session session, long sequence, @Nullable RefusalReason broken, Answer success) {
    steps.answer(
        session.id(),
        sequence,
        broken == null ? success : Answers.refused(broken, success.getRevision()));
  }

  private void answerUnstored(long sessionId, long sequence, Answer answer) {
    steps.tell(new Answered(sessionId, sequence, answer));
  }
}
