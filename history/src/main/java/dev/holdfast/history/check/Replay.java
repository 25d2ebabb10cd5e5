package dev.holdfast.history.check;

import dev.holdfast.history.ClientLine.LockRead;
import dev.holdfast.history.ClientLine.Operation;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantEnd;
import dev.holdfast.history.NodeLine.GrantKind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Goes through what happened in the order of revisions and keeps in mind who holds and who waits:
 * grants that exclude each other, order of arrival, releases, sessions' ends, fixed leases on the
 * cluster clock, and what reads showed.
 *
 * <p>What is not known is left out, never assumed: a grant whose end nobody tells counts as held as
 * far as a node tells of every revision, or a read showed it, and no further.
 */
final class Replay {
  /** What a session has at a revision. */
  private static final class Life {
    final TreeMap<Long, Grant> grants = new TreeMap<>();
    final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    @Nullable LocatedLine begunAt;
    @Nullable LocatedLine endedAt;
    boolean begunLater;
    long commandAtMillis = -1;
    @Nullable LocatedLine commandAt;
  }

  private final Evidence evidence;
  private final Grants grants;
  private final Coverage coverage;
  private final Findings findings;
  private final LockState state = new LockState();
  private final GrantChecks grantChecks;
  private final WaitChecks waitChecks;
  private final ValueChecks valueChecks;
  private final Map<OwnerKey, Waiting> waitingByOwner = new HashMap<>();
  private final Map<Long, LocatedLine> leftByTicket = new HashMap<>();
  private final Map<Long, LocatedLine> endedByToken = new HashMap<>();
  private final Map<Long, Life> lives = new LinkedHashMap<>();
  private final FreedLocks freed;

  Replay(Evidence evidence, Grants grants, Coverage coverage, Findings findings) {
    this.evidence = evidence;
    this.grants = grants;
    this.coverage = coverage;
    this.findings = findings;
    this.freed = new FreedLocks(state, coverage.knownFromBeginning(), findings);
    this.grantChecks = new GrantChecks(state, evidence, grants, coverage, findings);
    this.waitChecks = new WaitChecks(state, coverage, findings);
    this.valueChecks = new ValueChecks(state, grants, coverage, findings);
  }

  void run(List<Moment> moments) {
    for (SessionFacts session : evidence.sessions.values()) {
      if (session.began != null) {
        life(session.session).begunLater = true;
      }
    }
    for (Moment moment : moments) {
      freed.before(moment, isTurnOf(moment));
      waitChecks.before(moment.revision());
      take(moment);
    }
    freed.end();
    waitChecks.end();
    grantChecks.end();
  }

  private void take(Moment moment) {
    switch (moment.kind()) {
      case LEFT -> onLeft(moment);
      case RELEASED -> onReleased(moment, (Ending) moment.subject());
      case SESSION_ENDED -> onSessionEnded(moment, (NodeLine.SessionEnded) moment.subject());
      case SESSION_BEGAN -> onSessionBegan(moment, (NodeLine.SessionBegan) moment.subject());
      case QUEUED -> onQueued((Waiting) moment.subject());
      case GRANTED -> onGranted((Grant) moment.subject());
      case TOKEN_REFUSED -> onTokenRefused(moment, (RequestFacts) moment.subject());
      case READ -> onRead(moment, (LockRead) moment.subject());
      case FORGOTTEN -> onForgotten(moment.subject());
      case RESERVATION_FORGOTTEN -> state.endReservation((Long) moment.subject());
      case VALUE, REVOCATION, CONVERTED, RESERVATION_ENDED, DEADLOCK, PASSED, VICTIM_LEFT ->
          takeRare(moment, Objects.requireNonNull(moment.at()));
    }
  }

  private void takeRare(Moment moment, LocatedLine at) {
    Object line = moment.subject();
    if (line instanceof NodeLine.LockConverted converted) {
      onConverted(converted, at);
    } else if (line instanceof NodeLine.RequestPassed passed) {
      waitChecks.onPassed(passed, at);
    } else if (line instanceof NodeLine.DeadlockFound found) {
      waitChecks.onDeadlock(at, found);
    } else if (line instanceof NodeLine.RequestLeft left) {
      waitChecks.onVictimLeft(left, at);
      onLeft(moment);
    } else if (line instanceof NodeLine.ValueChanged changed) {
      valueChecks.onChanged(changed, at);
    } else if (line instanceof NodeLine.RevocationRequested requested) {
      grantChecks.onRevocation(requested, at);
    } else if (line instanceof NodeLine.ReservationEnded ended) {
      Reservation reservation = grantChecks.onReservationEnded(ended, at);
      if (reservation != null) {
        freed.add(reservation.needs(), at);
      }
    }
  }

  private void onConverted(NodeLine.LockConverted line, LocatedLine at) {
    Grant grant = grantChecks.onConverted(line, at);
    if (grant != null) {
      freed.add(grant.needs(), at);
      grant.change(line.demands());
      state.hold(grant);
    }
    if (line.sequence() != 0) {
      commanded(line.session(), at);
    }
  }

  private Life life(long session) {
    return lives.computeIfAbsent(session, unused -> new Life());
  }

  /** Whether it is a grant that follows from what was freed, or the end of what it replaces. */
  private boolean isTurnOf(Moment moment) {
    if (moment.subject() instanceof Ending ending) {
      return ending.end() == GrantEnd.CONVERTED || ending.end() == GrantEnd.HANDED_OVER;
    }
    return moment.subject() instanceof Grant grant
        && moment.kind() == Moment.Kind.GRANTED
        && (grant.how != GrantKind.ACQUIRED || state.waitingByTicket.containsKey(grant.ticket));
  }

  // Queues.

  private void onQueued(Waiting waiting) {
    requireSession(waiting.owner, waiting.at, "waits at revision " + waiting.ticket());
    findings.checked(Rule.OWNER_WAITS_TWICE);
    Waiting other = waitingByOwner.put(waiting.owner, waiting);
    if (other != null) {
      findings.report(
          Rule.OWNER_WAITS_TWICE,
          "%s waits with tickets %d and %d at once"
              .formatted(waiting.owner, other.ticket(), waiting.ticket()),
          other.at,
          waiting.at);
    }
    commanded(waiting.owner.session(), waiting.at);
    for (Need need : waiting.needs()) {
      grantChecks.checkKind(waiting, need);
    }
    state.enqueue(waiting);
    life(waiting.owner.session()).waiting.put(waiting.ticket(), waiting);
  }

  private void onLeft(Moment moment) {
    long ticket =
        moment.subject() instanceof NodeLine.RequestLeft left
            ? left.ticket()
            : ((Waiting) moment.subject()).ticket();
    LocatedLine at = Objects.requireNonNull(moment.at());
    leftByTicket.put(ticket, at);
    Waiting waiting = dequeue(ticket);
    state.forgetPassings(ticket);
    if (waiting != null) {
      freed.add(waiting.needs(), at);
    }
  }

  private @Nullable Waiting dequeue(long ticket) {
    Waiting waiting = state.dequeue(ticket);
    if (waiting != null) {
      waitingByOwner.remove(waiting.owner, waiting);
      life(waiting.owner.session()).waiting.remove(ticket);
    }
    return waiting;
  }

  // Grants.

  private void onGranted(Grant grant) {
    Waiting waited = dequeue(grant.ticket);
    requireSession(grant.owner, grant.at, "is granted token " + grant.token());
    LocatedLine left = grant.ticket == Grant.NO_TICKET ? null : leftByTicket.get(grant.ticket);
    boolean reported = grant.request != null && isReportedAsLeft(grant.request);
    if (left != null && !reported) {
      findings.report(
          Rule.GRANTED_AFTER_LEAVING,
          "the request with ticket %d had left the queues before it was granted token %d"
              .formatted(grant.ticket, grant.token()),
          left,
          grant.at);
    }
    grantChecks.onGranted(grant);
    state.forgetPassings(grant.ticket);
    // What was queued first, seen or unseen, or given, is granted by a command of somebody else.
    boolean given = grant.how == GrantKind.HANDED_OVER;
    if (waited == null && !given && grant.ticket == grant.token() - 1) {
      commanded(grant.owner.session(), grant.at);
    }
    state.hold(grant);
    life(grant.owner.session()).grants.put(grant.token(), grant);
  }

  private boolean isReportedAsLeft(RequestKey key) {
    RequestFacts facts = evidence.requests.get(key);
    return facts != null && facts.left != null && facts.granted != null;
  }

  private void onReleased(Moment moment, Ending ending) {
    LocatedLine at = Objects.requireNonNull(moment.at());
    checkReleaser(ending, at);
    findings.checked(Rule.RELEASED_WITHOUT_GRANT);
    LocatedLine endedBefore = endedByToken.putIfAbsent(ending.token(), at);
    Grant grant = state.drop(ending.token());
    if (endedBefore != null) {
      findings.report(
          Rule.RELEASED_WITHOUT_GRANT,
          "token %d ended twice".formatted(ending.token()),
          endedBefore,
          at);
    } else if (grants.get(ending.token()) == null && coverage.contains(ending.token())) {
      findings.report(
          Rule.RELEASED_WITHOUT_GRANT,
          "token %d was released and never granted".formatted(ending.token()),
          at);
    }
    // A conversion that had to wait takes the old grant's place by somebody else's command.
    if (ending.byRequest() && ending.end() != GrantEnd.CONVERTED) {
      commanded(ending.by(), at);
    }
    if (grant != null) {
      checkLease(grant, ending, at);
      valueChecks.onEnded(grant, ending, moment.revision(), at);
      life(grant.owner.session()).grants.remove(grant.token());
      freed.add(grant.needs(), at);
      if (ending.reservedUntilMillis() != 0) {
        state.reserve(
            new Reservation(ending.token(), grant.demands(), at, ending.reservedUntilMillis()));
      }
    }
    grantChecks.checkReplacement(ending, moment.revision(), at);
  }

  private void checkReleaser(Ending ending, LocatedLine at) {
    Grant grant = grants.get(ending.token());
    if (grant == null) {
      return;
    }
    findings.checked(Rule.RELEASED_BY_ANOTHER);
    long holder = grant.owner.session();
    boolean byAnother = ending.by() != 0 && ending.by() != holder;
    if (byAnother || ending.session() != holder) {
      findings.report(
          Rule.RELEASED_BY_ANOTHER,
          "token %d of session %d was released by session %d"
              .formatted(ending.token(), holder, byAnother ? ending.by() : ending.session()),
          grant.at,
          at);
    }
  }

  private void checkLease(Grant grant, Ending ending, LocatedLine at) {
    if (ending.end() != GrantEnd.LEASE_EXPIRED || grant.expiresAtMillis < 0) {
      return;
    }
    findings.checked(Rule.LEASE_EXPIRED_EARLY);
    if (grant.expiresAtMillis == 0 || ending.clockMillis() < grant.expiresAtMillis) {
      findings.report(
          Rule.LEASE_EXPIRED_EARLY,
          "the lease of token %d ran out at %d ms of the cluster clock, %s"
              .formatted(
                  grant.token(),
                  ending.clockMillis(),
                  grant.expiresAtMillis == 0
                      ? "though it is kept alive with its session"
                      : "before its end at " + grant.expiresAtMillis + " ms"),
          grant.at,
          at);
    }
  }

  private void onTokenRefused(Moment moment, RequestFacts facts) {
    Operation asked = facts.asked;
    Grant grant = asked == null ? null : state.heldByToken.get(asked.token());
    findings.checked(Rule.GRANT_LOST);
    if (grant != null && grant.owner.session() == facts.key.session()) {
      findings.report(
          Rule.GRANT_LOST,
          "%s was refused at revision %d as if token %d had ended, and nothing had ended it"
              .formatted(facts.key, moment.revision(), grant.token()),
          grant.at,
          moment.at());
    }
  }

  private void onForgotten(Object subject) {
    if (subject instanceof Grant grant) {
      state.drop(grant.token());
      life(grant.owner.session()).grants.remove(grant.token());
    } else {
      dequeue(((Waiting) subject).ticket());
      state.forgetPassings(((Waiting) subject).ticket());
    }
  }

  // Sessions.

  private void requireSession(OwnerKey owner, LocatedLine at, String what) {
    Life life = life(owner.session());
    findings.checked(Rule.ACTED_OUTSIDE_SESSION);
    if (life.endedAt != null || (life.begunLater && life.begunAt == null)) {
      findings.report(
          Rule.ACTED_OUTSIDE_SESSION,
          "%s %s, and the session %s"
              .formatted(owner, what, life.endedAt != null ? "had ended" : "had not begun"),
          life.endedAt,
          at);
    }
  }

  /** A command of a session was applied, which renewed it. */
  private void commanded(long session, LocatedLine at) {
    if (at.line() instanceof NodeLine.Applied line) {
      Life life = life(session);
      if (line.clockMillis() >= life.commandAtMillis) {
        life.commandAtMillis = line.clockMillis();
        life.commandAt = at;
      }
    }
  }

  private void onSessionBegan(Moment moment, NodeLine.SessionBegan line) {
    LocatedLine at = Objects.requireNonNull(moment.at());
    life(line.session()).begunAt = at;
    commanded(line.session(), at);
  }

  private void onSessionEnded(Moment moment, NodeLine.SessionEnded line) {
    LocatedLine at = Objects.requireNonNull(moment.at());
    Life life = life(line.session());
    life.endedAt = at;
    long ttlMillis = evidence.session(line.session()).ttlMillis;
    if (line.end() == NodeLine.SessionEnd.EXPIRED && ttlMillis > 0 && life.commandAtMillis >= 0) {
      findings.checked(Rule.SESSION_EXPIRED_EARLY);
      if (line.clockMillis() < life.commandAtMillis + ttlMillis) {
        findings.report(
            Rule.SESSION_EXPIRED_EARLY,
            "session %d expired at %d ms of the cluster clock, though a command of it was applied at"
                    .formatted(line.session(), line.clockMillis())
                + " %d ms and its TTL is %d ms".formatted(life.commandAtMillis, ttlMillis),
            life.commandAt,
            at);
      }
    }
    if (!coverage.contains(moment.revision())) {
      return;
    }
    findings.checked(Rule.GRANT_OUTLIVES_SESSION);
    Place left = life.grants.isEmpty() ? null : life.grants.firstEntry().getValue();
    if (left == null && !life.waiting.isEmpty()) {
      left = life.waiting.firstEntry().getValue();
    }
    if (left != null) {
      findings.report(
          Rule.GRANT_OUTLIVES_SESSION,
          "session %d ended at revision %d, and its %s %d did not"
              .formatted(
                  line.session(),
                  moment.revision(),
                  left instanceof Grant ? "grant" : "waiting request",
                  left.id),
          left.at,
          at);
    }
  }

  // Reads.

  private void onRead(Moment moment, LockRead read) {
    findings.checked(Rule.READ_WRONG_STATE);
    for (long token : read.holders()) {
      boolean neverGranted = grants.get(token) == null && coverage.contains(token);
      boolean later = token > read.revision();
      LocatedLine ended = endedByToken.get(token);
      if (later || neverGranted || ended != null) {
        String why =
            later ? "is granted later" : neverGranted ? "was never granted" : "had ended by then";
        findings.report(
            Rule.READ_WRONG_STATE,
            "a read of %s at revision %d shows token %d, which %s"
                .formatted(read.lock(), read.revision(), token, why),
            ended,
            moment.at());
      }
    }
    for (Grant grant : state.held.naming(read.lock())) {
      if (!read.holders().contains(grant.token())) {
        findings.report(
            Rule.READ_WRONG_STATE,
            "a read of %s at revision %d does not show token %d, which was held"
                .formatted(read.lock(), read.revision(), grant.token()),
            grant.at,
            moment.at());
      }
    }
  }
}
