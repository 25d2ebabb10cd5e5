package dev.holdfast.core;

import dev.holdfast.core.Event.GrantCause;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Event.LockGranted;
import dev.holdfast.core.Event.LockReleased;
import dev.holdfast.core.Event.LockValueChanged;
import dev.holdfast.core.Event.QueueExit;
import dev.holdfast.core.Event.RequestLeft;
import dev.holdfast.core.Event.RequestQueued;
import dev.holdfast.core.Event.ReservationEnded;
import dev.holdfast.core.Event.SessionEnd;
import dev.holdfast.core.Event.SessionEnded;
import dev.holdfast.core.Outcome.Answered;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes that commands and expiries are made of, with the outcomes and events of the entry at
 * hand. Each takes the revision of the step that it belongs to; grants take their own.
 */
final class Steps {
  private final State state;
  private final DeadlockResolver deadlocks;
  private final GuardedFiles files;
  private List<Outcome> outcomes = new ArrayList<>();
  private List<Event> events = new ArrayList<>();

  /** What waiting owners have lost in this step, so that they may be stuck now. */
  private final ArrayDeque<Grant> lost = new ArrayDeque<>();

  Steps(State state) {
    this.state = state;
    this.deadlocks = new DeadlockResolver(state, this);
    this.files = new GuardedFiles(state, this);
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

  DeadlockResolver deadlocks() {
    return deadlocks;
  }

  GuardedFiles files() {
    return files;
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
    state.store(new AnswerKey(sessionId, sequence), Answers.toStore(answer));
    tell(new Answered(sessionId, sequence, answer));
  }

  /** Grants a request that nothing blocks; its token is a revision of its own. */
  void grant(Waiting request) {
    long token = next();
    Grant replaced = request.converts() ? state.lockMap.grantToConvert(request) : null;
    if (replaced != null) {
      endGrant(replaced, GrantEnd.CONVERTED, token);
    }
    Grant grant =
        replaced == null
            ? new Grant(
                token,
                request.owner(),
                request.ticket(),
                request.demands(),
                request.needs(),
                state.clockMillis,
                untilMillis(request.leaseMillis()),
                untilMillis(request.atLeastMillis()),
                request.lockDelayMillis(),
                request.gated())
            : replaced.converted(token, request);
    add(
        grant,
        replaced == null ? GrantCause.REQUESTED : GrantCause.CONVERTED,
        replaced == null ? 0 : replaced.token(),
        state.clockMillis - request.queuedAtMillis());
    answer(request.owner().sessionId(), request.sequence(), Answers.granted(grant));
  }

  /** When a wait of that length is over, as {@link Waiting} tells it; negative is without limit. */
  long waitUntilMillis(long waitMillis) {
    return waitMillis < 0 ? Long.MAX_VALUE : saturatedSum(state.clockMillis, waitMillis);
  }

  private long untilMillis(long millis) {
    return millis == 0 ? 0 : saturatedSum(state.clockMillis, millis);
  }

  /** Puts a grant into the map that has the revision reached as its token. */
  void add(Grant grant, GrantCause cause, long replacedToken, long waitedMillis) {
    state.add(grant);
    reportGrant(grant, cause, replacedToken, waitedMillis);
  }

  /** What there is to say of a grant that is in the map. */
  void reportGrant(Grant grant, GrantCause cause, long replacedToken, long waitedMillis) {
    state.mapRevision = grant.token();
    report(
        new LockGranted(
            grant.token(),
            grant.ticket(),
            grant.owner().sessionId(),
            grant.owner().owner(),
            grant.demands(),
            waitedMillis,
            grant.expiresAtMillis(),
            cause,
            replacedToken));
    if (replacedToken != 0) {
      files.changed(replacedToken, grant);
    }
  }

  /** Puts a blocked request into the queues, and breaks what deadlock that makes. */
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
            request.demands(),
            request.priority(),
            request.convertsToken()));
    tell(new Answered(sessionId, request.sequence(), Answers.queued(request)));
    deadlocks.beganToWait(request.owner());
  }

  /** Takes a request out of the queues, with a refusal for whoever waits for its answer. */
  void refuseWaiting(Waiting request, RefusalReason reason, QueueExit exit, long revision) {
    refuseWaiting(request, Answers.refused(reason, revision), exit);
  }

  void refuseWaiting(Waiting request, Answer refusal, QueueExit exit) {
    leaveQueue(request, exit, refusal.getRevision());
    answer(request.owner().sessionId(), request.sequence(), refusal);
  }

  void endGrant(Grant grant, GrantEnd end, long revision) {
    endGrant(grant, end, "", "", revision);
  }

  void endGrant(Grant grant, GrantEnd end, String operator, String reason, long revision) {
    Waiting waiting = state.remove(grant);
    finishEnd(grant, end, operator, reason, revision);
    if (waiting == null || end.isReplacement()) {
      return;
    }
    if (waiting.convertsGrant(grant)) {
      refuseWaiting(waiting, RefusalReason.STALE_TOKEN, QueueExit.GRANT_ENDED, revision);
    } else {
      hasLost(grant);
    }
  }

  /** An owner that waits has lost this. */
  void hasLost(Grant grant) {
    lost.add(grant);
  }

  /** What the end of a grant means when it is out of the map. */
  void finishEnd(Grant grant, GrantEnd end, String operator, String reason, long revision) {
    state.mapRevision = revision;
    long reservedUntilMillis = end.isReplacement() ? 0 : reservedUntilMillis(grant, end);
    if (reservedUntilMillis != 0) {
      state.add(Reservation.of(grant, reservedUntilMillis));
    }
    report(
        new LockReleased(
            revision,
            grant.token(),
            grant.owner().sessionId(),
            grant.owner().owner(),
            grant.demands(),
            end,
            operator,
            reason,
            reservedUntilMillis));
    if (end.isUnclean()) {
      doubtValues(grant, revision);
    }
    files.ended(grant, end, revision);
  }

  private long reservedUntilMillis(Grant grant, GrantEnd end) {
    long delayedUntilMillis =
        end.isUnclean() && !grant.gated()
            ? saturatedSum(state.clockMillis, grant.lockDelayMillis())
            : 0;
    long untilMillis = Math.max(grant.atLeastUntilMillis(), delayedUntilMillis);
    return untilMillis > state.clockMillis ? untilMillis : 0;
  }

  /** A holder that could write values has gone in the midst of whatever it did. */
  private void doubtValues(Grant grant, long revision) {
    if (state.values.size() == 0) {
      return;
    }
    for (Demand demand : grant.demands()) {
      String lock = demand.getLock();
      LockValue value = Modes.mayWriteValue(demand.getModeValue()) ? state.values.get(lock) : null;
      if (value != null && value.valid()) {
        state.setValue(lock, new LockValue(value.value(), false, value.token(), revision));
        report(new LockValueChanged(revision, lock, value.value(), false, grant.token()));
      }
    }
  }

  void endReservation(Reservation reservation, String operator, String reason, long revision) {
    state.remove(reservation);
    state.mapRevision = revision;
    Grant grant = reservation.asGrant();
    report(new ReservationEnded(revision, grant.token(), grant.demands(), operator, reason));
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
    if (session.asksByOperations()) {
      state.rememberEnd(session.nonce(), revision);
    }
    report(new SessionEnded(revision, session.id(), end));
  }

  /**
   * The end of a command or expiry: grants what its changes have made possible, and sees to it that
   * nobody who has lost a grant waits for himself.
   */
  void settle() {
    grantWaiting();
    while (!lost.isEmpty()) {
      Grant grant = lost.remove();
      Owner owner = state.lockMap.owner(grant.owner());
      if (owner != null && owner.waiting != null && isHeldUpWhere(grant, owner.waiting)) {
        deadlocks.resolve(owner.key);
        grantWaiting();
      }
    }
  }

  /**
   * Whether a request waits for anybody at a lock where its owner has lost what may have covered
   * it. If not, it waits for nobody for whom it has not waited before.
   */
  private boolean isHeldUpWhere(Grant lostGrant, Waiting request) {
    for (Need had : lostGrant.needs()) {
      Need wanted = request.needAt(had.lock());
      if (wanted != null && state.lockMap.isBlockedAt(wanted, request)) {
        return true;
      }
    }
    return false;
  }

  private void grantWaiting() {
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
            revision,
            request.ticket(),
            request.owner().sessionId(),
            request.sequence(),
            exit,
            request.demands()));
  }

  /** The label of the session of an owner, for others to read; empty if it has none. */
  String labelOf(OwnerKey owner) {
    Session session = state.sessions.get(owner.sessionId());
    return session == null ? "" : session.label();
  }

  static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }
}
