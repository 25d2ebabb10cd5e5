package dev.holdfast.core;

import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Event.LockGranted;
import dev.holdfast.core.Event.LockReleased;
import dev.holdfast.core.Event.QueueExit;
import dev.holdfast.core.Event.RequestLeft;
import dev.holdfast.core.Event.RequestQueued;
import dev.holdfast.core.Event.SessionEnd;
import dev.holdfast.core.Event.SessionEnded;
import dev.holdfast.core.Outcome.Answered;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes that commands and expiries are made of, with the outcomes and events of the entry at
 * hand. Each takes the revision of the step that it belongs to; grants take their own.
 */
final class Steps {
  private final State state;
  private List<Outcome> outcomes = new ArrayList<>();
  private List<Event> events = new ArrayList<>();

  Steps(State state) {
    this.state = state;
  }

  /** Begins a step. */
  long next() {
    return ++state.revision;
  }

  void tell(Outcome outcome) {
    outcomes.add(outcome);
  }

  void report(Event event) {
    events.add(event);
  }

  /** What has come together since the last call. */
  Applied take() {
    Applied applied =
        new Applied(
            state.revision,
            state.clockMillis,
            outcomes.isEmpty() ? List.of() : outcomes,
            events.isEmpty() ? List.of() : events);
    if (!outcomes.isEmpty()) {
      outcomes = new ArrayList<>();
    }
    if (!events.isEmpty()) {
      events = new ArrayList<>();
    }
    return applied;
  }

  /** Answers a request and keeps the answer until the session acknowledges it. */
  void answer(long sessionId, long sequence, Answer answer) {
    state.store(new AnswerKey(sessionId, sequence), answer);
    tell(new Answered(sessionId, sequence, answer));
  }

  /** Grants a request that nothing blocks; its token is a revision of its own. */
  Grant grant(Waiting request) {
    long token = next();
    long expiresAtMillis =
        request.leaseMillis() == 0 ? 0 : saturatedSum(state.clockMillis, request.leaseMillis());
    Grant grant =
        new Grant(
            token,
            request.owner(),
            request.ticket(),
            request.demands(),
            request.needs(),
            state.clockMillis,
            expiresAtMillis);
    state.add(grant);
    state.mapRevision = token;
    long waitedMillis = state.clockMillis - request.queuedAtMillis();
    report(
        new LockGranted(
            token,
            request.ticket(),
            request.owner().sessionId(),
            request.owner().owner(),
            request.demands(),
            waitedMillis));
    answer(request.owner().sessionId(), request.sequence(), Answers.granted(grant));
    return grant;
  }

  /** Puts a blocked request into the queues. */
  void queue(Waiting request) {
    state.add(request);
    state.mapRevision = request.ticket();
    long sessionId = request.owner().sessionId();
    report(
        new RequestQueued(
            request.ticket(),
            sessionId,
            request.sequence(),
            request.owner().owner(),
            request.demands()));
    tell(new Answered(sessionId, request.sequence(), Answers.queued(request)));
  }

  /** Takes a request out of the queues, with a refusal for whoever waits for its answer. */
  void refuseWaiting(Waiting request, RefusalReason reason, QueueExit exit, long revision) {
    leaveQueue(request, exit, revision);
    long sessionId = request.owner().sessionId();
    answer(sessionId, request.sequence(), Answers.refused(reason, revision));
  }

  void endGrant(Grant grant, GrantEnd end, long revision) {
    endGrant(grant, end, "", "", revision);
  }

  void endGrant(Grant grant, GrantEnd end, String operator, String reason, long revision) {
    state.remove(grant);
    state.mapRevision = revision;
    report(
        new LockReleased(
            revision,
            grant.token(),
            grant.owner().sessionId(),
            grant.demands(),
            end,
            operator,
            reason));
  }

  /** Ends a session with all that it holds and waits for. */
  void endSession(Session session, SessionEnd end, long revision) {
    SessionContents contents = state.contentsOf(session.id());
    for (Waiting request : contents.waitingBySequence.list()) {
      leaveQueue(request, QueueExit.SESSION_ENDED, revision);
    }
    GrantEnd grantEnd =
        switch (end) {
          case CLOSED -> GrantEnd.SESSION_CLOSED;
          case EXPIRED -> GrantEnd.SESSION_EXPIRED;
        };
    for (Grant grant : contents.grantsByToken.list()) {
      endGrant(grant, grantEnd, revision);
    }
    state.remove(session);
    report(new SessionEnded(revision, session.id(), end));
  }

  /** Grants what the last changes have made possible. */
  void grantWaiting() {
    state.lockMap.wake(
        request -> {
          state.forget(request);
          grant(request);
        });
  }

  private void leaveQueue(Waiting request, QueueExit exit, long revision) {
    state.lockMap.removeUngranted(request);
    state.forget(request);
    state.mapRevision = revision;
    report(
        new RequestLeft(
            revision, request.ticket(), request.owner().sessionId(), request.sequence(), exit));
  }

  static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }
}
