package dev.holdfast.verification.model;

import dev.holdfast.core.Applied;
import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.core.WaitingInfo;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.v1.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The machine and the model, fed the same log and compared after every entry. */
final class SideBySide {
  private static final int EVERYTHING = 1_000_000;

  private final LockStateMachine core;
  private final LockModel model;
  private final EventReader events = new EventReader();

  SideBySide(LockStateMachine core, LockModel model) {
    this.core = core;
    this.model = model;
  }

  /** The two differ: one of them, or the page on semantics, is wrong. */
  static final class DifferenceFound extends AssertionError {
    private static final long serialVersionUID = 1L;

    DifferenceFound(String what, @Nullable Object ofModel, @Nullable Object ofCore) {
      super(what + "\n  model: " + ofModel + "\n  core:  " + ofCore);
    }
  }

  /** What applying an entry brought about, the same on both sides. */
  record Step(Applied applied, List<ModelOutcome> outcomes) {}

  Step apply(LogEntry entry) {
    Applied applied = core.apply(entry);
    List<ModelOutcome> expected = model.apply(entry);
    List<ModelOutcome> outcomes =
        applied.outcomes().stream().map(SideBySide::inModelWords).toList();
    requireSame("outcomes", expected, outcomes);
    requireSame("applied revision", model.revision(), applied.revision());
    requireSame("applied clock", model.clockMillis(), applied.clockMillis());
    events.read(applied.events());
    requireSame("holders told by events", heldInModel(), events.grants());
    requireSame("waiting told by events", ticketsInModel(), events.waitingTickets());
    requireSame("sessions told by events", sessionIdsInModel(), events.sessionIds());
    compareState();
    return new Step(applied, outcomes);
  }

  private void compareState() {
    requireSame("revision", model.revision(), core.revision());
    requireSame("map revision", model.mapRevision(), core.mapRevision());
    requireSame("clock", model.clockMillis(), core.clockMillis());
    requireSame("next deadline", model.nextDeadlineMillis(), core.nextDeadlineMillis());
    List<LockInfo> locks = modelLocks();
    requireSame("locks", withoutQueues(locks), core.locks("", "", EVERYTHING));
    locks.forEach(lock -> requireSame("lock", lock, core.lock(lock.name(), EVERYTHING)));
    requireSame("lock count", locks.size(), core.lockCount());
    requireSame("waiting count", model.waiting().size(), core.waitingCount());
    requireSame("sessions", modelSessions(), core.sessions(0, EVERYTHING));
    requireSame("session count", model.sessions().size(), core.sessionCount());
  }

  /** Look-ups one by one: slower, so not after every entry. */
  void compareLookups() {
    for (LockInfo lock : modelLocks()) {
      for (GrantInfo grant : lock.holders()) {
        requireSame("grant", grant, core.grant(grant.token()));
        requireSame("current", true, core.isCurrent(lock.name(), grant.token()));
        requireSame("current elsewhere", false, core.isCurrent("elsewhere", grant.token()));
      }
    }
    for (ModelSession session : model.sessions()) {
      requireSame("nonce", session.id(), core.sessionByNonce(session.opened.getNonce()));
      for (long sequence = 1; sequence <= 60; sequence++) {
        requireSame(
            "answer to " + session.id() + "/" + sequence,
            SessionRequests.known(model, session, sequence),
            core.answerTo(session.id(), sequence));
      }
    }
    for (ModelOperation operation : model.state.operations) {
      requireSame("operation", operation.answer(), core.operationAnswer(operation.operationId()));
    }
  }

  /** Guarantee G1, told by the model's tables and core's tokens. */
  void requireNoConflictingGrants() {
    List<ModelGrant> grants = model.grants();
    for (ModelGrant one : grants) {
      for (ModelGrant other : grants) {
        boolean sameOwner =
            one.sessionId() == other.sessionId() && one.owner().equals(other.owner());
        if (!sameOwner) {
          one.effective()
              .forEach(
                  (lock, mode) -> {
                    var otherMode = other.effective().get(lock);
                    if (otherMode != null && !ModeTable.compatible(mode, otherMode)) {
                      throw new DifferenceFound("conflicting grants at " + lock, one, other);
                    }
                  });
        }
      }
    }
  }

  Set<Long> sessionIds() {
    return Set.copyOf(sessionIdsInModel());
  }

  private List<LockInfo> modelLocks() {
    TreeMap<String, List<GrantInfo>> holders = new TreeMap<>();
    TreeMap<String, List<WaitingInfo>> queues = new TreeMap<>();
    for (ModelGrant grant : model.grants()) {
      for (Demand demand : grant.demands()) {
        holders.computeIfAbsent(demand.getLock(), name -> new ArrayList<>()).add(info(grant));
      }
    }
    for (ModelRequest request : model.waiting()) {
      for (Demand demand : request.demands()) {
        queues.computeIfAbsent(demand.getLock(), name -> new ArrayList<>()).add(info(request));
      }
    }
    TreeSet<String> names = new TreeSet<>(holders.keySet());
    names.addAll(queues.keySet());
    List<LockInfo> locks = new ArrayList<>();
    for (String name : names) {
      List<WaitingInfo> queue = queues.getOrDefault(name, List.of());
      locks.add(new LockInfo(name, holders.getOrDefault(name, List.of()), queue, queue.size(), List.of(), null));
    }
    return locks;
  }

  private static List<LockInfo> withoutQueues(List<LockInfo> locks) {
    return locks.stream()
        .map(lock -> new LockInfo(lock.name(), lock.holders(), List.of(), lock.queueLength(), List.of(), null))
        .toList();
  }

  private List<SessionInfo> modelSessions() {
    return model.sessions().stream()
        .map(
            session ->
                new SessionInfo(
                    session.id(),
                    session.secretHash(),
                    session.clientId(),
                    session.label(),
                    session.ttlMillis(),
                    session.deadlineMillis(),
                    (int)
                        model.grants().stream().filter(g -> g.sessionId() == session.id()).count(),
                    (int)
                        model.waiting().stream()
                            .filter(w -> w.sessionId() == session.id())
                            .count()))
        .toList();
  }

  private List<EventReader.Held> heldInModel() {
    return model.grants().stream()
        .map(grant -> new EventReader.Held(grant.token(), grant.sessionId(), grant.demands()))
        .toList();
  }

  private List<Long> ticketsInModel() {
    return model.waiting().stream().map(ModelRequest::ticket).toList();
  }

  private List<Long> sessionIdsInModel() {
    return model.sessions().stream().map(ModelSession::id).toList();
  }

  private static GrantInfo info(ModelGrant grant) {
    return new GrantInfo(
        grant.token(),
        grant.sessionId(),
        grant.owner(),
        grant.demands(),
        grant.ticket(),
        grant.grantedAtMillis(),
        grant.expiresAtMillis());
  }

  private static WaitingInfo info(ModelRequest request) {
    return new WaitingInfo(
        request.ticket(),
        request.sessionId(),
        request.sequence(),
        request.owner(),
        request.demands(),
        request.queuedAtMillis(),
        request.waitUntilMillis(),
        request.leaseMillis(),
        0,
        0);
  }

  private static ModelOutcome inModelWords(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered o -> new ModelOutcome.Answered(o.sessionId(), o.sequence(), o.answer());
      case Outcome.Opened o -> new ModelOutcome.Opened(o.nonce(), o.sessionId(), o.ttlMillis());
      case Outcome.OpenRefused o -> new ModelOutcome.OpenRefused(o.nonce(), o.answer());
      case Outcome.Renewed o -> new ModelOutcome.Renewed(o.sessionId(), o.nonce(), o.alive());
      case Outcome.Closed o -> new ModelOutcome.Closed(o.sessionId());
      case Outcome.Operated o -> new ModelOutcome.Operated(o.operationId(), o.answer());
    };
  }

  private static void requireSame(String what, @Nullable Object ofModel, @Nullable Object ofCore) {
    if (!Objects.equals(ofModel, ofCore)) {
      throw new DifferenceFound(what, ofModel, ofCore);
    }
  }
}
