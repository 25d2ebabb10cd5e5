package dev.holdfast.core;

import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Event.LockGranted;
import dev.holdfast.core.Event.QueueExit;
import dev.holdfast.core.Outcome.Answered;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
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

  Requests(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.acquiring = new Acquiring(state, steps);
  }

  void execute(SessionRequest command, long revision) {
    long sessionId = command.getSessionId();
    Request request = command.getRequest();
    long sequence = request.getSequence();
    Session session = state.sessions.get(sessionId);
    if (session == null) {
      answerUnstored(sessionId, sequence, Answers.refused(RefusalReason.SESSION_EXPIRED, revision));
      return;
    }
    session = touch(session, command.hasAcknowledged() ? command.getAcknowledged() : null);
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
      answerUnstored(sessionId, sequence, stored);
      return;
    }
    Waiting waiting = state.contentsOf(sessionId).waitingBySequence.get(sequence);
    if (waiting != null) {
      executeOnWaiting(waiting, request, revision);
    } else {
      executeNew(session, request, revision);
    }
    steps.grantWaiting();
  }

  /** Any command renews its session and may bring word of the answers that the client has. */
  private Session touch(Session session, @Nullable Acknowledged acknowledged) {
    Numbers before = session.acknowledged();
    Numbers after = acknowledged == null ? before : before.plus(acknowledged);
    if (after != before) {
      dropAcknowledged(session.id(), before, after);
    }
    long deadlineMillis = Steps.saturatedSum(state.clockMillis, session.ttlMillis());
    if (after == before && deadlineMillis == session.deadlineMillis()) {
      return session;
    }
    Session touched = session.with(deadlineMillis, after);
    state.replace(session, touched);
    return touched;
  }

  private void dropAcknowledged(long sessionId, Numbers before, Numbers after) {
    state.dropAnswers(sessionId, before.below(), after.below() - 1);
    for (int i = 0; i < after.rangeCount(); i++) {
      state.dropAnswers(sessionId, after.rangeFrom(i), after.rangeTo(i));
    }
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
    switch (request.getActionCase()) {
      case ACQUIRE -> {
        Answer refusal = acquiring.refusalForLimits(session, true, revision);
        if (refusal != null) {
          answerUnstored(session.id(), sequence, refusal);
        } else {
          acquiring.execute(session, sequence, request.getAcquire(), revision);
        }
      }
      case EXTEND -> {
        Answer refusal = acquiring.refusalForLimits(session, false, revision);
        if (refusal != null) {
          answerUnstored(session.id(), sequence, refusal);
        } else {
          extend(session, sequence, request.getExtend(), revision);
        }
      }
      case RELEASE -> release(session, sequence, request.getRelease(), revision);
      // Nothing was executed under this number; now nothing ever will be.
      case CANCEL, RESOLVE ->
          steps.answer(session.id(), sequence, Answers.refused(RefusalReason.CANCELLED, revision));
      case CONVERT, HAND_OVER, SET_VALUE, REQUEST_REVOCATION, ACTION_NOT_SET ->
          steps.answer(
              session.id(), sequence, Answers.refused(RefusalReason.INVALID_REQUEST, revision));
    }
  }

  private void release(Session session, long sequence, Release release, long revision) {
    Grant grant = state.grants.get(release.getToken());
    RefusalReason broken = brokenRule(session, grant);
    if (grant == null || broken != null) {
      refuse(session, sequence, broken, revision);
      return;
    }
    steps.endGrant(grant, GrantEnd.RELEASED, revision);
    steps.answer(session.id(), sequence, Answers.released(revision));
  }

  private void extend(Session session, long sequence, Extend extend, long revision) {
    Grant grant = state.grants.get(extend.getToken());
    RefusalReason broken = brokenRule(session, grant);
    if (broken == null && extend.getLeaseMillis() <= 0) {
      broken = RefusalReason.INVALID_REQUEST;
    }
    if (broken == null && grant != null && grant.expiresAtMillis() == 0) {
      broken = RefusalReason.NOT_FIXED_LEASE;
    }
    if (grant == null || broken != null) {
      refuse(session, sequence, broken, revision);
      return;
    }
    steps.endGrant(grant, GrantEnd.EXTENDED, revision);
    Grant extended =
        new Grant(
            steps.next(),
            grant.owner(),
            grant.ticket(),
            grant.demands(),
            grant.needs(),
            grant.grantedAtMillis(),
            Steps.saturatedSum(state.clockMillis, extend.getLeaseMillis()));
    state.add(extended);
    state.mapRevision = extended.token();
    steps.report(
        new LockGranted(
            extended.token(),
            extended.ticket(),
            session.id(),
            extended.owner().owner(),
            extended.demands(),
            0));
    steps.answer(session.id(), sequence, Answers.granted(extended));
  }

  /** What forbids a session to act on a grant; null if nothing does. */
  private static @Nullable RefusalReason brokenRule(Session session, @Nullable Grant grant) {
    if (grant == null) {
      return RefusalReason.STALE_TOKEN;
    }
    return grant.owner().sessionId() == session.id() ? null : RefusalReason.NOT_HOLDER;
  }

  private void refuse(
      Session session, long sequence, @Nullable RefusalReason reason, long revision) {
    RefusalReason broken = reason == null ? RefusalReason.STALE_TOKEN : reason;
    steps.answer(session.id(), sequence, Answers.refused(broken, revision));
  }

  private void answerUnstored(long sessionId, long sequence, Answer answer) {
    steps.tell(new Answered(sessionId, sequence, answer));
  }
}
