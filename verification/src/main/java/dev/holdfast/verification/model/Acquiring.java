package dev.holdfast.verification.model;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** "acquire" of the page on the lock model: "the first rule broken is the answer". */
final class Acquiring {
  static final int DEMANDS_MAX = 64;
  static final int OWNER_BYTES_MAX = 128;
  static final int LOCKS_MAX = 10_000;
  static final int QUEUE_LENGTH_MAX = 1_000_000;
  static final int RESERVATIONS_MAX = 100_000;
  static final long RESERVED_MILLIS_MAX = 86_400_000;

  private final SessionRequests requests;
  private final LockModel model;
  private final ModelState state;

  Acquiring(SessionRequests requests) {
    this.requests = requests;
    this.model = requests.model;
    this.state = requests.state;
  }

  void acquire(ModelSession session, long sequence, Acquire acquire) {
    Optional<Refused> malformed = malformed(acquire);
    if (malformed.isPresent()) {
      requests.refuse(session, sequence, malformed.get());
      return;
    }
    ModelRequest entering = entering(session, sequence, acquire);
    Optional<Refused> forbidden = forbidden(session, entering);
    if (forbidden.isPresent()) {
      requests.refuse(session, sequence, forbidden.get());
    } else if (model.rules.isGrantable(entering)) {
      requests.grant(entering);
    } else if (acquire.getWaitMillis() == 0) {
      requests.refuse(session, sequence, model.rules.inTheWayOf(entering));
    } else {
      Optional<Refused> full = queueFull(entering, acquire.getQueueLengthMax());
      if (full.isPresent()) {
        requests.refuse(session, sequence, full.get());
      } else {
        beginToWait(session, entering);
      }
    }
  }

  /** Rules 1 to 4: what is wrong with it whatever the map looks like. */
  private Optional<Refused> malformed(Acquire acquire) {
    if (!isOwnerKey(acquire.getOwner())
        || acquire.getDemandsCount() == 0
        || acquire.getDemandsCount() > DEMANDS_MAX
        || acquire.getLeaseMillis() < 0
        || !isReservable(acquire.getAtLeastMillis())
        || !isReservable(acquire.getLockDelayMillis())) {
      return Optional.of(ModelAnswers.because(RefusalReason.INVALID_REQUEST));
    }
    if (!acquire.getDemandsList().stream().allMatch(NeedRules::isWellFormed)) {
      return Optional.of(ModelAnswers.because(RefusalReason.INVALID_REQUEST));
    }
    return acquire.getDemandsList().stream()
        .map(Demand::getLock)
        .filter(lock -> LockName.structuralProblemWith(lock) != null)
        .map(lock -> ModelAnswers.because(RefusalReason.INVALID_NAME, beginning(lock)))
        .findFirst()
        .or(() -> model.needs.mismatch(acquire.getDemandsList()));
  }

  static boolean isOwnerKey(String owner) {
    int bytes = owner.getBytes(StandardCharsets.UTF_8).length;
    return 1 <= bytes && bytes <= OWNER_BYTES_MAX;
  }

  private static boolean isReservable(long millis) {
    return 0 <= millis && millis <= RESERVED_MILLIS_MAX;
  }

  /** The first 64 chars, or 63 if the 64th and the 65th are one character of two halves. */
  static String beginning(String name) {
    if (name.length() <= 64) {
      return name;
    }
    return name.substring(0, Character.isHighSurrogate(name.charAt(63)) ? 63 : 64);
  }

  private ModelRequest entering(ModelSession session, long sequence, Acquire acquire) {
    List<Demand> demands = model.needs.merged(acquire.getDemandsList());
    return new ModelRequest(
        state.revision,
        new ModelOwner(session.id, acquire.getOwner()),
        sequence,
        demands,
        model.needs.effective(demands),
        state.clockMillis,
        waitUntilMillis(acquire.getWaitMillis()),
        new ModelTerms(
            acquire.getLeaseMillis(),
            acquire.getAtLeastMillis(),
            acquire.getLockDelayMillis(),
            acquire.getGated()),
        acquire.getPriority(),
        0,
        0);
  }

  long waitUntilMillis(long waitMillis) {
    return waitMillis < 0 ? Long.MAX_VALUE : ModelState.after(state.clockMillis, waitMillis);
  }

  /** Rules 5 to 9: what is wrong with it as things stand. */
  private Optional<Refused> forbidden(ModelSession session, ModelRequest entering) {
    return firstOf(
        () -> alreadyWaiting(entering.owner()),
        () -> alreadyHeld(entering.owner(), entering.demands()),
        () -> tooManyLocks(session, entering.demands().size()),
        () -> tooManyReservations(entering.terms()),
        () -> model.rules.kindProblem(entering));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // They are read only.
  static Optional<Refused> firstOf(Supplier<Optional<Refused>>... rules) {
    return Stream.of(rules).map(Supplier::get).flatMap(Optional::stream).findFirst();
  }

  Optional<Refused> alreadyWaiting(ModelOwner owner) {
    return state
        .waitingOf(owner)
        .map(waiting -> ModelAnswers.because(RefusalReason.ALREADY_WAITING));
  }

  Optional<Refused> alreadyHeld(ModelOwner owner, List<Demand> demands) {
    for (Demand demand : demands) {
      for (ModelGrant own : state.grantsOf(owner)) {
        ModelNeed held = own.named(demand.getLock());
        if (held != null) {
          return Optional.of(
              ModelAnswers.because(RefusalReason.ALREADY_HELD, demand.getLock()).toBuilder()
                  .setHolder(state.holder(owner, own.token(), held))
                  .build());
        }
      }
    }
    return Optional.empty();
  }

  /** "Conversions and reservations do not count." */
  Optional<Refused> tooManyLocks(ModelSession session, int more) {
    int held =
        state.grants.stream()
            .filter(grant -> grant.sessionId() == session.id)
            .mapToInt(grant -> grant.demands().size())
            .sum();
    int awaited =
        state.waitingOf(session.id).stream()
            .filter(request -> !request.isConversion())
            .mapToInt(request -> request.demands().size())
            .sum();
    int most = session.opened.getLocksMax() <= 0 ? LOCKS_MAX : session.opened.getLocksMax();
    return held + awaited + more > most
        ? Optional.of(ModelAnswers.because(RefusalReason.TOO_MANY_LOCKS))
        : Optional.empty();
  }

  private Optional<Refused> tooManyReservations(ModelTerms terms) {
    if (!terms.askForReservation()) {
      return Optional.empty();
    }
    long already =
        state.grants.stream().filter(ModelGrant::asksForReservation).count()
            + state.waiting.stream().filter(r -> r.terms().askForReservation()).count()
            + state.reservations.size();
    return already >= RESERVATIONS_MAX
        ? Optional.of(ModelAnswers.because(RefusalReason.TOO_MANY_RESERVATIONS))
        : Optional.empty();
  }

  private Optional<Refused> queueFull(ModelRequest entering, int queueLengthMax) {
    int most =
        queueLengthMax <= 0 || queueLengthMax > QUEUE_LENGTH_MAX
            ? QUEUE_LENGTH_MAX
            : queueLengthMax;
    return entering.demands().stream()
        .map(Demand::getLock)
        .filter(lock -> queueLength(lock) >= most)
        .map(lock -> ModelAnswers.because(RefusalReason.QUEUE_FULL, lock))
        .findFirst();
  }

  private long queueLength(String lock) {
    return state.waiting.stream()
        .filter(request -> request.demands().stream().anyMatch(d -> d.getLock().equals(lock)))
        .count();
  }

  /**
   * "The closer is first answered queued, then, in the same step, with what came of it." Deadlocks
   * are looked for at once.
   */
  void beginToWait(ModelSession session, ModelRequest request) {
    state.waiting.add(request);
    state.mapChanged();
    model.tell(
        new ModelEvent.RequestQueued(
            state.revision,
            request.owner(),
            request.sequence(),
            request.demands(),
            request.priority(),
            request.convertsToken()));
    requests.answer(session, request.sequence(), ModelAnswers.queued(request.ticket()));
    model.deadlocks.lookFrom(request.owner());
  }

  /** The grant's own step: its revision is the token. */
  ModelGrant granted(ModelRequest request) {
    long token = state.nextRevision();
    state.mapChanged();
    ModelTerms terms = request.terms();
    ModelGrant grant =
        new ModelGrant(
            token,
            request.owner(),
            request.demands(),
            request.needs(),
            request.ticket(),
            state.clockMillis,
            requests.leaseEnd(request),
            terms.atLeastMillis() == 0
                ? 0
                : ModelState.after(state.clockMillis, terms.atLeastMillis()),
            terms.lockDelayMillis(),
            terms.gated());
    state.grants.add(grant);
    model.tell(
        new ModelEvent.LockGranted(
            token,
            grant.ticket(),
            grant.owner(),
            grant.demands(),
            state.clockMillis - request.queuedAtMillis(),
            grant.expiresAtMillis(),
            ModelEvent.GrantCause.REQUESTED,
            0));
    return grant;
  }
}
