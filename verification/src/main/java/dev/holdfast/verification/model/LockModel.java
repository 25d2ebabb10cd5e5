package dev.holdfast.verification.model;

import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The lock map as the pages on semantics and on the lock model tell it, entry by entry. Made to be
 * compared with {@code core} and with histories, and to be read beside those pages; far too slow
 * for anything else.
 *
 * <p>Not safe for use by several threads. Open to be overridden inside its package only, so that
 * tests can get single rules wrong on purpose.
 */
public class LockModel {
  /** Most sessions at a time. */
  static final int SESSIONS_MAX = 1_000_000;

  final ModelState state = new ModelState();
  final NeedRules needs;
  final GrantRules rules;
  final WaitingGraph graph;
  final DeadlockRules deadlocks;
  final GrantEnding ending;
  final FileRules files;
  final SessionRequests requests;
  final ClientOperations clients;
  private final OperatorCommands operators;
  private List<ModelOutcome> outcomes = new ArrayList<>();
  private List<ModelEvent> events = new ArrayList<>();

  /** Whose grants ended in this command or expiry. */
  private final Set<ModelOwner> endedOwners = new LinkedHashSet<>();

  /** An empty map at revision 0. */
  @SuppressWarnings("this-escape") // See below.
  public LockModel() {
    this(new ModelParts());
  }

  // The parts keep it for later and do nothing with it yet.
  @SuppressWarnings("this-escape")
  LockModel(ModelParts parts) {
    this.needs = parts.needs();
    this.rules = parts.rules(state, needs);
    this.graph = parts.graph(state, rules);
    this.deadlocks = parts.deadlocks(this);
    this.ending = parts.ending(this);
    this.files = parts.files(this);
    this.requests = parts.requests(this);
    this.clients = parts.clients(this);
    this.operators = new OperatorCommands(this);
  }

  /**
   * Applies one entry: the clock, then the renewals in it, then what is due, then the rest.
   *
   * @return in the order of the steps
   */
  public List<ModelOutcome> apply(LogEntry entry) {
    outcomes = new ArrayList<>();
    events = new ArrayList<>();
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

  /** What happened in the last entry, in the order of revisions. */
  List<ModelEvent> events() {
    return events;
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
        serve();
      }
    }
  }

  private void applyCommand(Command command) {
    state.nextRevision();
    switch (command.getKindCase()) {
      case REQUEST -> requests.apply(command.getRequest());
      case OPEN -> open(command.getOpen());
      case CLOSE -> {
        endSession(command.getClose().getSessionId(), ModelEvent.SessionEnd.CLOSED);
        say(new ModelOutcome.Closed(command.getClose().getSessionId()));
      }
      case FORCE_RELEASE -> operators.forceRelease(command.getForceRelease());
      case ASK_REVOCATION -> operators.askRevocation(command.getAskRevocation());
      case CLIENT_OPERATION -> clients.apply(command.getClientOperation());
      case RENEW, KIND_NOT_SET -> {}
    }
  }

  // Who is served, when

  /**
   * "As long as there is a waiting request that nothing blocks, the one with the smallest ticket is
   * granted. Then, if a grant ended whose owner still waits, deadlocks and stalls are looked for
   * from that owner, and what that makes possible is granted too."
   */
  final void serve() {
    grantWhoeverCanBe();
    List<ModelOwner> closers = List.copyOf(endedOwners);
    endedOwners.clear();
    for (ModelOwner closer : closers) {
      if (state.waitingOf(closer).isPresent()) {
        deadlocks.lookFrom(closer);
        grantWhoeverCanBe();
      }
    }
    endedOwners.clear();
  }

  final void grantEndedOf(ModelOwner owner) {
    endedOwners.add(owner);
  }

  private void grantWhoeverCanBe() {
    Optional<ModelRequest> next = nextToGrant();
    while (next.isPresent()) {
      requests.grantWaiting(next.get());
      next = nextToGrant();
    }
  }

  private Optional<ModelRequest> nextToGrant() {
    return rules.servingOrder().stream().filter(rules::isGrantable).findFirst();
  }

  /** A waiting request leaves without a grant. */
  final void leave(ModelRequest request, ModelEvent.QueueExit exit, Refused why) {
    leaveSilently(request, exit);
    ModelSession session = state.session(request.sessionId());
    if (session != null) {
      requests.answerAndStore(
          session, request.sequence(), ModelAnswers.refused(why, state.revision));
    }
  }

  private void leaveSilently(ModelRequest request, ModelEvent.QueueExit exit) {
    state.noLongerWaits(request);
    state.mapChanged();
    tell(
        new ModelEvent.RequestLeft(
            state.revision, request.ticket(), request.sessionId(), request.sequence(), exit));
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
            .map(g -> new Deadline(g.expiresAtMillis(), g.token(), () -> leaseExpired(g)));
    Stream<Deadline> ofWaits =
        state.waiting.stream()
            .filter(w -> w.waitUntilMillis() != Long.MAX_VALUE)
            .map(w -> new Deadline(w.waitUntilMillis(), w.ticket(), () -> timeOut(w)));
    Stream<Deadline> ofReservations =
        state.reservations.stream()
            .map(r -> new Deadline(r.untilMillis(), r.token(), () -> ending.endReservation(r)));
    return Stream.of(ofSessions, ofLeases, ofWaits, ofReservations).flatMap(all -> all);
  }

  final void expireWhatIsDue() {
    Optional<Deadline> due = firstDue();
    while (due.isPresent()) {
      state.nextRevision();
      due.get().expiry().run();
      serve();
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
    endSession(session.id, ModelEvent.SessionEnd.EXPIRED);
  }

  private void leaseExpired(ModelGrant grant) {
    ending.end(grant, ModelEvent.GrantEnd.LEASE_EXPIRED);
  }

  private void timeOut(ModelRequest request) {
    leave(
        request,
        ModelEvent.QueueExit.TIMED_OUT,
        ModelAnswers.because(RefusalReason.WAIT_TIMED_OUT));
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
            .filter(session -> !session.asksByOperations())
            .filter(session -> session.opened.getNonce().equals(open.getNonce()))
            .findFirst();
    if (known.isPresent()) {
      sayOpened(known.get());
    } else if (!isValid(open)) {
      say(new ModelOutcome.OpenRefused(open.getNonce(), refused(RefusalReason.INVALID_REQUEST)));
    } else if (state.sessions.size() >= SESSIONS_MAX) {
      say(new ModelOutcome.OpenRefused(open.getNonce(), refused(RefusalReason.TOO_MANY_SESSIONS)));
    } else {
      sayOpened(opened(open));
    }
  }

  /** A new session with the step's revision for its number. */
  final ModelSession opened(OpenSession open) {
    ModelSession session = new ModelSession(state.revision, open);
    session.deadlineMillis = ModelState.after(state.clockMillis, open.getTtlMillis());
    state.sessions.add(session);
    tell(
        new ModelEvent.SessionOpened(
            state.revision, session.id, session.clientId(), session.label()));
    return session;
  }

  private static boolean isValid(OpenSession open) {
    return open.getSecretHash().size() == 32 && isValidBesideItsSecret(open);
  }

  static boolean isValidBesideItsSecret(OpenSession open) {
    return open.getNonce().size() == 16
        && open.getTtlMillis() >= 100
        && open.getTtlMillis() <= 86_400_000
        && open.getLabel().length() <= 1024
        && open.getClientId().length() <= 64
        && open.getLocksMax() <= 1_000_000;
  }

  private void sayOpened(ModelSession session) {
    say(new ModelOutcome.Opened(session.opened.getNonce(), session.id, session.ttlMillis()));
  }

  /**
   * "A session's end leaves its queues, by number of request, then ends its grants, by token, all
   * in one command."
   */
  void endSession(long sessionId, ModelEvent.SessionEnd end) {
    ModelSession ended = state.session(sessionId);
    if (ended == null) {
      return;
    }
    state.sessions.remove(ended);
    if (ended.asksByOperations()) {
      clients.ended(ended);
    }
    for (ModelRequest request : inOrderOfNumbers(state.waitingOf(sessionId))) {
      leaveSilently(request, ModelEvent.QueueExit.SESSION_ENDED);
    }
    ModelEvent.GrantEnd endOfGrants =
        end == ModelEvent.SessionEnd.CLOSED
            ? ModelEvent.GrantEnd.SESSION_CLOSED
            : ModelEvent.GrantEnd.SESSION_EXPIRED;
    for (ModelGrant grant : List.copyOf(state.grants)) {
      if (grant.sessionId() == sessionId) {
        ending.end(grant, endOfGrants);
      }
    }
    tell(new ModelEvent.SessionEnded(state.revision, sessionId, end));
  }

  private static List<ModelRequest> inOrderOfNumbers(List<ModelRequest> requests) {
    return requests.stream().sorted(Comparator.comparingLong(ModelRequest::sequence)).toList();
  }

  final void say(ModelOutcome outcome) {
    outcomes.add(outcome);
  }

  final void tell(ModelEvent event) {
    events.add(event);
  }

  final Answer refused(RefusalReason reason) {
    return ModelAnswers.refused(reason, state.revision);
  }
}
