package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.FileInfo;
import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.OperationInfo;
import dev.holdfast.core.WaitEdge;
import dev.holdfast.protocol.log.v1.LogEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The machine and the model, fed the same log and compared after every entry. */
final class SideBySide {
  private static final int EVERYTHING = 1_000_000;

  /** More than any chain of waiting that does not go round in circles. */
  private static final int HOPS_MAX = 12;

  private final LockStateMachine core;
  private final LockModel model;
  private final ModelReads reads;
  private final EventReader events = new EventReader();

  SideBySide(LockStateMachine core, LockModel model) {
    this.core = core;
    this.model = model;
    this.reads = new ModelReads(model);
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
    List<ModelOutcome> outcomes = applied.outcomes().stream().map(CoreInModelWords::of).toList();
    requireSame("outcomes", expected, outcomes);
    requireSame(
        "events", model.events(), applied.events().stream().map(CoreInModelWords::of).toList());
    requireSame("applied revision", model.revision(), applied.revision());
    requireSame("applied clock", model.clockMillis(), applied.clockMillis());
    events.read(applied.events());
    compareWhatEventsTell();
    compareState();
    return new Step(applied, outcomes);
  }

  private void compareWhatEventsTell() {
    requireSame(
        "holders told by events",
        model.state.grants.stream()
            .map(grant -> new EventReader.Held(grant.token(), grant.sessionId(), grant.demands()))
            .toList(),
        events.grants());
    requireSame(
        "received told by events",
        model.sessions().stream()
            .flatMap(session -> core.receivedBy(session.id()).stream())
            .map(
                given ->
                    new EventReader.Received(
                        given.grant().token(),
                        given.grant().sessionId(),
                        given.fromSessionId(),
                        given.fromToken()))
            .sorted(Comparator.comparingLong(EventReader.Received::token))
            .toList(),
        events.received());
    requireSame(
        "waiting told by events",
        model.state.waiting.stream().map(ModelRequest::ticket).toList(),
        events.waitingTickets());
    requireSame("sessions told by events", sessionIdsInModel(), events.sessionIds());
    requireSame(
        "reservations told by events",
        model.state.reservations.stream()
            .map(r -> new EventReader.Reserved(r.token(), r.demands(), r.untilMillis()))
            .toList(),
        events.reservations());
    requireSame(
        "values told by events",
        model.state.values.stream()
            .map(v -> new EventReader.Value(v.lock(), v.value(), v.valid(), v.revision()))
            .toList(),
        events.values());
  }

  private void compareFiles() {
    List<FileInfo> ofCore =
        core.files().list("", "", EVERYTHING).stream().filter(f -> f.revision() != 0).toList();
    requireSame(
        "files",
        model.state.files.stream()
            .map(
                file ->
                    new FileInfo(
                        file.name(),
                        file.data().size(),
                        file.token(),
                        file.revision(),
                        file.openToken()))
            .toList(),
        ofCore);
    SortedMap<String, ByteString> contents = new TreeMap<>();
    for (ModelFile file : model.state.files) {
      contents.put(file.name(), file.data());
      requireSame(
          "bytes of " + file.name(),
          file.data(),
          core.files().read(file.name(), 0, Integer.MAX_VALUE));
    }
    requireSame("files told by events", contents, events.files());
    requireSame(
        "bytes of files",
        contents.values().stream().mapToLong(ByteString::size).sum(),
        core.files().bytes());
  }

  private void compareState() {
    compareFiles();
    requireSame("revision", model.revision(), core.revision());
    requireSame("map revision", model.mapRevision(), core.mapRevision());
    requireSame("clock", model.clockMillis(), core.clockMillis());
    requireSame("next deadline", model.nextDeadlineMillis(), core.nextDeadlineMillis());
    List<LockInfo> locks = reads.locks();
    requireSame("locks", withoutQueues(locks), core.locks("", "", EVERYTHING));
    locks.forEach(lock -> requireSame("lock", lock, core.lock(lock.name(), EVERYTHING)));
    requireSame("lock count", inUse(locks), core.lockCount());
    requireSame("waiting count", model.state.waiting.size(), core.waitingCount());
    requireSame(
        "waits", inOrder(reads.waits()), inOrder(core.waits().all(0, EVERYTHING, EVERYTHING)));
    requireSame("deadlocks", model.state.recentDeadlocks, core.deadlocks());
    requireSame("sessions", reads.sessions(), core.sessions(0, EVERYTHING));
    requireSame("session count", model.sessions().size(), core.sessionCount());
  }

  /** How many are held, waited for or reserved by name: not those that have a value only. */
  private static int inUse(List<LockInfo> locks) {
    return (int)
        locks.stream()
            .filter(
                lock ->
                    lock.queueLength() > 0
                        || !lock.holders().isEmpty()
                        || !lock.reservations().isEmpty())
            .count();
  }

  /** The order of one request's edges is not told. */
  private static List<WaitEdge> inOrder(List<WaitEdge> edges) {
    return edges.stream()
        .sorted(
            Comparator.comparingLong(WaitEdge::ticket)
                .thenComparing(WaitEdge::lock)
                .thenComparing(WaitEdge::kind)
                .thenComparingLong(WaitEdge::byToken)
                .thenComparingLong(WaitEdge::byTicket))
        .toList();
  }

  /** Look-ups one by one: slower, so not after every entry. */
  void compareLookups() {
    for (LockInfo lock : reads.locks()) {
      for (GrantInfo grant : lock.holders()) {
        requireSame("grant", grant, core.grant(grant.token()));
        requireSame("current", true, core.isCurrent(lock.name(), grant.token()));
        requireSame("current elsewhere", false, core.isCurrent("elsewhere", grant.token()));
      }
      lock.reservations()
          .forEach(
              kept -> requireSame("reserved", false, core.isCurrent(lock.name(), kept.token())));
    }
    for (ModelSession session : model.sessions()) {
      compareNames(session);
      for (long sequence = 1; sequence <= 60; sequence++) {
        requireSame(
            "answer to " + session.id() + "/" + sequence,
            model.requests.known(session, sequence),
            core.answerTo(session.id(), sequence));
      }
    }
    for (ModelOperation operation : model.state.operations) {
      requireSame("operation", operation.answer(), core.operationAnswer(operation.operationId()));
    }
    for (ModelRequest request : model.state.waiting) {
      requireSame(
          "why",
          reads.why(request, HOPS_MAX),
          core.waits().why(request.sessionId(), request.sequence(), HOPS_MAX));
      requireSame(
          "positions",
          reads.positions(request),
          core.waits().positions(request.sessionId(), request.sequence(), EVERYTHING));
    }
  }

  private void compareNames(ModelSession session) {
    ByteString name = session.opened.getNonce();
    if (!session.asksByOperations()) {
      requireSame("nonce", session.id(), core.sessionByNonce(name));
      return;
    }
    requireSame("client", session.id(), core.sessionOfClient(name));
    for (ModelSession.Taken taken : session.operations) {
      requireSame(
          "operation of a client",
          new OperationInfo(
              session.id(), taken.sequence(), model.requests.known(session, taken.sequence())),
          core.clientOperation(name, taken.operationId()));
    }
  }

  /** Guarantee G1, told by the model's tables and core's tokens. */
  void requireNoConflictingGrants() {
    List<ModelGrant> grants = model.state.grants;
    for (ModelGrant one : grants) {
      for (ModelGrant other : grants) {
        if (!one.owner().equals(other.owner())) {
          requireCompatible(one, other);
        }
      }
    }
  }

  private static void requireCompatible(ModelGrant one, ModelGrant other) {
    one.needs()
        .forEach(
            (lock, need) -> {
              ModelNeed others = other.needs().get(lock);
              if (others != null
                  && !(need.isPermits() && others.isPermits())
                  && need.conflictsWith(others)) {
                throw new DifferenceFound("conflicting grants at " + lock, one, other);
              }
            });
  }

  /** A semaphore never has more holders than it has permits. */
  void requireLimitsKept() {
    for (ModelGrant grant : model.state.grants) {
      grant
          .needs()
          .forEach(
              (lock, need) -> {
                long taken =
                    model.state.grants.stream()
                        .filter(other -> other.needs().containsKey(lock))
                        .mapToLong(other -> ModelNeed.at(lock, other.needs()).permits())
                        .sum();
                if (taken > need.limit()) {
                  throw new DifferenceFound("too many permits of " + lock, need.limit(), taken);
                }
              });
    }
  }

  Set<Long> sessionIds() {
    return Set.copyOf(sessionIdsInModel());
  }

  Set<Long> tokens() {
    return Set.copyOf(model.state.grants.stream().map(ModelGrant::token).toList());
  }

  private List<Long> sessionIdsInModel() {
    return model.sessions().stream().map(ModelSession::id).toList();
  }

  private static List<LockInfo> withoutQueues(List<LockInfo> locks) {
    return locks.stream()
        .map(
            lock ->
                new LockInfo(
                    lock.name(),
                    lock.holders(),
                    lock.holderCount(),
                    List.of(),
                    lock.queueLength(),
                    lock.reservations(),
                    lock.value()))
        .toList();
  }

  private static void requireSame(String what, @Nullable Object ofModel, @Nullable Object ofCore) {
    if (!Objects.equals(ofModel, ofCore)) {
      throw new DifferenceFound(what, ofModel, ofCore);
    }
  }
}
