package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lock map as the page on semantics tells it, entry by entry. Made to be compared with {@code
 * core} and with histories, and to be read beside that page; far too slow for anything else.
 *
 * <p>Not safe for use by several threads. Open to be overridden inside its package only, so that
 * tests can get single rules wrong on purpose.
 */
public class LockModel {
  /** Most operators' commands that are remembered. */
  static final int OPERATIONS_MAX = 256;

  /** Most sessions at a time. */
  static final int SESSIONS_MAX = 1_000_000;

  final ModelState state = new ModelState();
  final GrantRules rules;
  private final SessionRequests requests;
  private List<ModelOutcome> outcomes = new ArrayList<>();

  /** An empty map at revision 0. */
  public LockModel() {
    this(GrantRules::new, SessionRequests::new);
  }

  LockModel(Function<ModelState, GrantRules> rules, Requests requests) {
    this.rules = rules.apply(state);
    this.requests = requests.of(this);
  }

  /** How the part that knows sessions' requests is made. */
  interface Requests {
    SessionRequests of(LockModel model);
  }

  /**
   * Applies one entry: the clock, then the renewals in it, then what is due, then the rest.
   *
   * @return in the order of the steps
   */
  public List<ModelOutcome> apply(LogEntry entry) {
    outcomes = new ArrayList<>();
    state.clockMillis = clockAfter(entry);
    applyInOrder(entry);
    return outcomes;
  }

  /** The revision of the last step. */
  public long revision() {
    return state.revision;
  }

  /** The revision of the last step that changed who holds or who waits. */
  public long mapRevision() {
    return state.mapRevision;
  }

  /** The cluster clock. */
  public long clockMillis() {
    return state.clockMillis;
  }

  /** When something will be due next; {@link Long#MAX_VALUE} for never. */
  public long nextDeadlineMillis() {
    return deadlines().mapToLong(Deadline::atMillis).min().orElse(Long.MAX_VALUE);
  }

  /** By id. */
  public List<ModelSession> sessions() {
    return List.copyOf(state.sessions);
  }

  /** By token. */
  public List<ModelGrant> grants() {
    return List.copyOf(state.grants);
  }

  /** By ticket. */
  public List<ModelRequest> waiting() {
    return List.copyOf(state.waiting);
  }

  /** "The state machine's clock is the largest stamp in the log." */
  long clockAfter(LogEntry entry) {
    return Math.max(state.clockMillis, entry.getClockMillis());
  }

  /**
   * "Advance the clock; apply the entry's renewals (of sessions still in the map); expire what is
   * due, in (deadline, id) order; then the other commands."
   */
  void applyInOrder(LogEntry entry) {
    applyRenewals(entry);
    expireWhatIsDue();
    applyOtherCommands(entry);
  }

  final void applyRenewals(LogEntry entry) {
    for (Command command : entry.getCommandsList()) {
      if (command.hasRenew()) {
        renew(command.getRenew());
      }
    }
  }

  final void applyOtherCommands(LogEntry entry) {
    for (Command command : entry.getCommandsList()) {
      if (!command.hasRenew()) {
        applyCommand(command);
        grantWhoeverCanBe();
      }
    }
  }

  private void applyCommand(Command command) {
    state.nextRevision();
    switch (command.getKindCase()) {
      case REQUEST -> requests.apply(command.getRequest());
      case OPEN -> open(command.getOpen());
      case CLOSE -> {
        endSession(command.getClose().getSessionId());
        say(new ModelOutcome.Closed(command.getClose().getSessionId()));
      }
      case FORCE_RELEASE -> forceRelease(command.getForceRelease());
      case RENEW, ASK_REVOCATION, KIND_NOT_SET -> {}
    }
  }

  /**
   * "A release and the grants that follow from it are one command", each grant a step of its own.
   */
  final void grantWhoeverCanBe() {
    Optional<ModelRequest> next = nextToGrant();
    while (next.isPresent()) {
      state.waiting.remove(next.get());
      requests.grant(next.get());
      next = nextToGrant();
    }
  }

  private Optional<ModelRequest> nextToGrant() {
    return rules.servingOrder().stream().filter(rules::isGrantable).findFirst();
  }

  // Deadlines

  /** Something that ends at a time. The id is a revision, so no two have the same. */
  private record Deadline(long atMillis, long id, Runnable expiry) {}

  private Stream<Deadline> deadlines() {
    Stream<Deadline> ofSessions =
        state.sessions.stream().map(s -> new Deadline(s.deadlineMillis, s.id, () -> expire(s)));
    Stream<Deadline> ofLeases =
        state.grants.stream()
            .filter(ModelGrant::isFixedLease)
            .map(g -> new Deadline(g.expiresAtMillis(), g.token(), () -> endGrant(g)));
    Stream<Deadline> ofWaits =
        state.waiting.stream()
            .filter(w -> w.waitUntilMillis() != Long.MAX_VALUE)
            .map(w -> new Deadline(w.waitUntilMillis(), w.ticket(), () -> timeOut(w)));
    return Stream.of(ofSessions, ofLeases, ofWaits).flatMap(all -> all);
  }

  final void expireWhatIsDue() {
    Optional<Deadline> due = firstDue();
    while (due.isPresent()) {
      state.nextRevision();
      due.get().expiry().run();
      grantWhoeverCanBe();
      due = firstDue();
    }
  }

  private Optional<Deadline> firstDue() {
    return deadlines()
        .filter(deadline -> isDue(deadline.atMillis()))
        .min(Comparator.comparingLong(Deadline::atMillis).thenComparingLong(Deadline::id));
  }

  boolean isDue(long atMillis) {
    return atMillis <= state.clockMillis;
  }

  private void expire(ModelSession session) {
    endSession(session.id);
  }

  private void timeOut(ModelRequest request) {
    state.waiting.remove(request);
    state.mapChanged();
    ModelSession session = state.session(request.sessionId());
    if (session != null) {
      requests.answerAndStore(session, request.sequence(), refused(RefusalReason.WAIT_TIMED_OUT));
    }
  }

  // Sessions

  private void renew(RenewSession renewal) {
    state.nextRevision();
    ModelSession session = state.session(renewal.getSessionId());
    if (session != null) {
      session.deadlineMillis = ModelState.after(state.clockMillis, session.ttlMillis());
    }
    say(new ModelOutcome.Renewed(renewal.getSessionId(), renewal.getNonce(), session != null));
  }

  /** "Opening is idempotent by the client's nonce." */
  private void open(OpenSession open) {
    Optional<ModelSession> known =
        state.sessions.stream()
            .filter(session -> session.opened.getNonce().equals(open.getNonce()))
            .findFirst();
    if (known.isPresent()) {
      sayOpened(known.get());
    } else if (!isValid(open)) {
      say(new ModelOutcome.OpenRefused(open.getNonce(), refused(RefusalReason.INVALID_REQUEST)));
    } else if (state.sessions.size() >= SESSIONS_MAX) {
      say(new ModelOutcome.OpenRefused(open.getNonce(), refused(RefusalReason.TOO_MANY_SESSIONS)));
    } else {
      ModelSession session = new ModelSession(state.revision, open);
      session.deadlineMillis = ModelState.after(state.clockMillis, open.getTtlMillis());
      state.sessions.add(session);
      sayOpened(session);
    }
  }

  private static boolean isValid(OpenSession open) {
    return open.getNonce().size() == 16
        && open.getSecretHash().size() == 32
        && open.getTtlMillis() >= 100
        && open.getTtlMillis() <= 86_400_000
        && open.getLabel().length() <= 1024
        && open.getClientId().length() <= 64;
  }

  private void sayOpened(ModelSession session) {
    say(new ModelOutcome.Opened(session.opened.getNonce(), session.id, session.ttlMillis()));
  }

  /** "A session's end releases its grants and leaves its queues in one command." */
  void endSession(long sessionId) {
    state.sessions.removeIf(session -> session.id == sessionId);
    boolean held = state.grants.removeIf(grant -> grant.sessionId() == sessionId);
    boolean waited = state.waiting.removeIf(request -> request.sessionId() == sessionId);
    if (held || waited) {
      state.mapChanged();
    }
  }

  // Operators

  private void forceRelease(ForceRelease operation) {
    Answer answer = earlierAnswer(operation.getOperationId());
    if (answer == null) {
      answer = decide(operation);
      state.operations.add(new ModelOperation(operation.getOperationId(), answer));
      if (state.operations.size() > OPERATIONS_MAX) {
        state.operations.removeFirst();
      }
    }
    say(new ModelOutcome.Operated(operation.getOperationId(), answer));
  }

  private @Nullable Answer earlierAnswer(ByteString operationId) {
    return state.operations.stream()
        .filter(operation -> operation.operationId().equals(operationId))
        .map(ModelOperation::answer)
        .findFirst()
        .orElse(null);
  }

  private Answer decide(ForceRelease operation) {
    ModelGrant victim = state.grant(operation.getToken());
    boolean demandsTheLock =
        victim != null
            && victim.demands().stream().anyMatch(d -> d.getLock().equals(operation.getLock()));
    if (victim == null || !demandsTheLock) {
      return refused(RefusalReason.STALE_TOKEN);
    }
    endGrant(victim);
    return SessionRequests.released(state.revision);
  }

  final void endGrant(ModelGrant grant) {
    state.grants.remove(grant);
    state.mapChanged();
  }

  final void say(ModelOutcome outcome) {
    outcomes.add(outcome);
  }

  final Answer refused(RefusalReason reason) {
    return SessionRequests.refused(reason, state.revision);
  }
}
