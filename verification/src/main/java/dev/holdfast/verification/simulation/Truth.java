package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.verification.model.ModeTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * Sees everything: what each entry did where it was applied first, whether it does the same
 * elsewhere, and what clients were told. Looks after each event whether a rule was broken.
 */
final class Truth {
  private record Request(long sessionId, long sequence) {}

  private record Renewal(long sessionId, long nonce) {}

  private final Universe universe;
  private final ReplicaCheck replicas;
  private final GrantLedger grants = new GrantLedger();
  private final DeadlockCheck deadlocks = new DeadlockCheck(grants);
  private final OperationTruth operations = new OperationTruth();
  private final Map<Request, Answer> answers = new HashMap<>();
  private final Set<Renewal> renewals = new HashSet<>();
  private final TreeMap<Long, SimulatedClient> clients = new TreeMap<>();
  private final Set<Long> sessions = new HashSet<>();
  private final Set<Long> endedSessions = new HashSet<>();
  private long lastIndex;
  private long revisionAcknowledged;
  private long proposals;
  private long grantCount;
  private long lastLeaderNanos;
  private int leaderships;

  Truth(Universe universe, boolean comparesWithModel) {
    this.universe = universe;
    this.replicas = new ReplicaCheck(comparesWithModel);
  }

  // The log

  void onProposed() {
    proposals++;
  }

  long proposals() {
    return proposals;
  }

  long grantCount() {
    return grantCount;
  }

  GrantLedger grants() {
    return grants;
  }

  int sessionCount() {
    return sessions.size();
  }

  int waitingCount() {
    return deadlocks.waitingCount();
  }

  boolean isOpen(long sessionId) {
    return sessions.contains(sessionId);
  }

  boolean hasEnded(long sessionId) {
    return endedSessions.contains(sessionId);
  }

  int leaderships() {
    return leaderships;
  }

  long lastLeaderNanos() {
    return lastLeaderNanos;
  }

  void onLeadershipGained(SimulatedNode node, long term) {
    leaderships++;
    lastLeaderNanos = universe.scheduler.nowNanos();
    universe.trace.tell(node.name, "gained the leadership of term", term);
  }

  void onApplied(SimulatedNode node, long index, LogEntry entry, Applied applied) {
    LockStateMachine machine = node.machine();
    if (index <= lastIndex) {
      replicas.appliedAgain(node, index, applied, machine);
      universe.fileWork.onApplied(node, applied.events());
      return;
    }
    lastIndex = index;
    replicas.appliedFirst(index, entry, applied, machine);
    universe.ledTime.requireNotAhead(applied.clockMillis());
    universe.trace.tell(
        node.name, "applies", index, () -> applied.outcomes() + " " + applied.events());
    universe.watching.onApplied(applied.events(), applied.revision());
    for (Event event : applied.events()) {
      onEvent(event);
      universe.fileWork.onEvent(event);
    }
    universe.fileWork.onApplied(node, applied.events());
    deadlocks.requireNone();
    for (Outcome outcome : applied.outcomes()) {
      onOutcome(outcome);
    }
  }

  void onSnapshot(SimulatedNode node, long index, byte[] state) {
    universe.trace.tell(node.name, "takes a snapshot at", index);
    replicas.snapshotTaken(node, index, state);
  }

  void onRestored(SimulatedNode node, long index) {
    universe.trace.tell(node.name, "restored the snapshot of", index);
    replicas.restored(node, index, node.machine());
    universe.fileWork.onRestored(node);
  }

  private void onEvent(Event event) {
    switch (event) {
      case Event.SessionOpened opened -> sessions.add(opened.sessionId());
      case Event.SessionEnded ended -> onSessionEnded(ended);
      case Event.RequestQueued queued -> deadlocks.queued(queued);
      case Event.RequestLeft left -> deadlocks.left(left);
      case Event.LockGranted granted -> {
        grantCount++;
        deadlocks.granted(granted);
        grants.granted(granted);
      }
      case Event.LockReleased released -> onReleased(released);
      case Event.DeadlockFound found -> deadlocks.found(found);
      case Event.LockConverted converted -> grants.converted(converted);
      case Event.ReservationEnded ended -> grants.reservationEnded(ended);
      case Event.RequestPassed _,
          Event.LockValueChanged _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _,
          Event.RevocationRequested _ -> {
        // Who holds and who waits is not changed by these.
      }
    }
  }

  private void onSessionEnded(Event.SessionEnded ended) {
    sessions.remove(ended.sessionId());
    endedSessions.add(ended.sessionId());
    SimulatedClient client = clients.get(ended.sessionId());
    if (client == null || ended.end() != Event.SessionEnd.EXPIRED) {
      return;
    }
    double fastest = 1 + universe.faults.clockSpread();
    double livedNanos = universe.scheduler.nowNanos() - client.provenNanos();
    if (livedNanos < client.ttlMillis * Scheduler.MILLI / fastest - Scheduler.MILLI) {
      throw new RuleBroken(
          Rule.NO_EARLY_EXPIRY,
          client.name
              + " with a TTL of "
              + client.ttlMillis
              + " ms expired "
              + livedNanos / Scheduler.MILLI
              + " ms after it had sent an acknowledged renewal");
    }
  }

  private void onReleased(Event.LockReleased released) {
    grants.released(released);
    switch (released.end()) {
      case LEASE_EXPIRED, SESSION_EXPIRED -> requireKnownLost(released);
      case RELEASED, EXTENDED, SESSION_CLOSED, FORCE_RELEASED, CONVERTED, HANDED_OVER -> {
        // The holder wished it, or an operator, of whom nobody can know before.
      }
    }
  }

  /** From this moment on the cluster may grant it to another. */
  private void requireKnownLost(Event.LockReleased released) {
    SimulatedClient client = clients.get(released.sessionId());
    if (client == null || client.isOver() || client.isBeyondHelp() || client.clock.isSuspended()) {
      return;
    }
    HeldGrant grant = client.held.get(released.token());
    if (grant != null && grant.isHeld() && universe.faults.clocksAreTrusted()) {
      throw new RuleBroken(
          Rule.NO_LATE_HOLDER,
          client.name
              + " says that it holds "
              + released.token()
              + ", of which the cluster has"
              + " just decided: "
              + released.end());
    }
  }

  private void onOutcome(Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answered ->
          onAnswer(new Request(answered.sessionId(), answered.sequence()), answered.answer());
      case Outcome.Renewed renewed -> {
        if (renewed.alive()) {
          renewals.add(new Renewal(renewed.sessionId(), renewed.nonce()));
        }
      }
      case Outcome.OperationTaken taken -> operations.taken(taken);
      case Outcome.Opened _,
          Outcome.OpenRefused _,
          Outcome.Closed _,
          Outcome.OperationRefused _,
          Outcome.Operated _ -> {
        // What matters of these is in the events.
      }
    }
  }

  private void onAnswer(Request request, Answer answer) {
    if (answer.hasQueued()) {
      return;
    }
    Answer before = answers.get(request);
    if (before == null || isUnstored(before)) {
      answers.put(request, answer);
    } else if (!isSame(before, answer) && !isStale(answer)) {
      throw new RuleBroken(
          Rule.EXACTLY_ONCE, request + " was answered " + before + " and then " + answer);
    }
  }

  /** A repetition may tell less of a deadlock's cycle than the first answer did. */
  private static boolean isSame(Answer before, Answer answer) {
    boolean deadlock = before.getRefused().getReason() == RefusalReason.DEADLOCK;
    return deadlock
        ? answer.getRefused().getReason() == RefusalReason.DEADLOCK
            && answer.getRevision() == before.getRevision()
        : before.equals(answer);
  }

  private static boolean isStale(Answer answer) {
    return switch (answer.getRefused().getReason()) {
      case STALE_REQUEST, SESSION_EXPIRED, SESSION_CLOSED, UNKNOWN_SESSION -> true;
      default -> false;
    };
  }

  /** Refusals that execute nothing and use no number up. */
  private static boolean isUnstored(Answer answer) {
    return switch (answer.getRefused().getReason()) {
      case TOO_MANY_ANSWERS, TOO_MANY_LOCKS, TOO_MANY_REQUESTS, STALE_REQUEST -> true;
      default -> false;
    };
  }

  // Clients

  void onSessionKnown(SimulatedClient client) {
    if (!sessions.contains(client.sessionId()) && !hasEnded(client.sessionId())) {
      throw new RuleBroken(
          Rule.ACKNOWLEDGED_IS_COMMITTED,
          client.name + " was told of session " + client.sessionId() + ", which was never opened");
    }
    clients.put(client.sessionId(), client);
  }

  void onRenewalAcknowledged(SimulatedClient client, long nonce) {
    if (!renewals.contains(new Renewal(client.sessionId(), nonce))) {
      throw new RuleBroken(
          Rule.RENEWAL_APPLIED,
          client.name + " was told of a renewal that nobody applied: " + nonce);
    }
  }

  void onAnswerReceived(SimulatedClient client, long sequence, Answer answer) {
    if (answer.hasQueued()) {
      return;
    }
    revisionAcknowledged = Math.max(revisionAcknowledged, answer.getRevision());
    Answer decided = answers.get(new Request(client.sessionId(), sequence));
    boolean same =
        decided != null
            && decided.getResultCase() == answer.getResultCase()
            && decided.getGranted().equals(answer.getGranted());
    if (answer.hasRefused()) {
      boolean contradicts = decided != null && !decided.hasRefused() && !isStale(answer);
      if (contradicts) {
        throw new RuleBroken(
            Rule.EXACTLY_ONCE,
            client.name
                + " was refused #"
                + sequence
                + " with "
                + answer
                + ", but it was "
                + decided);
      }
    } else if (!same) {
      throw new RuleBroken(
          Rule.ACKNOWLEDGED_IS_COMMITTED,
          client.name + " was told of #" + sequence + " " + answer + ", but it was " + decided);
    }
  }

  /** Somebody at a wire without sessions was told the end of an operation. */
  void onOperationAnswered(ByteString client, ByteString operation, Answer answer) {
    revisionAcknowledged = Math.max(revisionAcknowledged, answer.getRevision());
    if (!answer.hasRefused()) {
      operations.requireDecided(
          client,
          operation,
          answer,
          (session, sequence) -> answers.get(new Request(session, sequence)));
    }
  }

  /** A client has been given this, no more and no less. */
  void requireGranted(SimulatedClient client, HeldGrant grant) {
    requireGranted(client, grant, List::equals);
  }

  /**
   * A client has been given this, or more: what came of a conversion that it had given up goes on
   * as what there was before, until it is converted back.
   */
  void requireContinued(SimulatedClient client, HeldGrant grant) {
    requireGranted(client, grant, Truth::cover);
  }

  private static boolean cover(List<Demand> known, List<Demand> relied) {
    return relied.stream()
        .allMatch(
            want ->
                known.stream()
                    .anyMatch(
                        has ->
                            has.getLock().equals(want.getLock())
                                && has.getLimit() == want.getLimit()
                                && has.getPermits() >= want.getPermits()
                                && (has.getMode() == want.getMode()
                                    || ModeTable.covers(has.getMode(), want.getMode()))));
  }

  private void requireGranted(
      SimulatedClient client, HeldGrant grant, BiPredicate<List<Demand>, List<Demand>> suits) {
    GrantLedger.Held known = grants.get(grant.token());
    boolean ended = grant.token() <= replicas.lastRevision() && known == null;
    if (known == null && !ended) {
      throw new RuleBroken(
          Rule.ACKNOWLEDGED_IS_COMMITTED,
          client.name + " has a grant of the future: " + grant.token());
    }
    if (known != null
        && (known.sessionId() != client.sessionId()
            || !known.owner().equals(grant.owner())
            || !suits.test(known.demands(), grant.demands()))) {
      throw new RuleBroken(
          Rule.EXCLUSIVE, client.name + " was given " + grant.token() + ", which is " + known);
    }
  }

  long revisionAcknowledged() {
    return revisionAcknowledged;
  }

  void onLinearizableRead(SimulatedNode node, long revisionBefore) {
    if (node.machine().revision() < revisionBefore) {
      throw new RuleBroken(
          Rule.READS_LINEARIZABLE,
          node.name
              + " let a read see revision "
              + node.machine().revision()
              + ", but "
              + revisionBefore
              + " had been acknowledged before it began");
    }
  }
}
