package dev.holdfast.verification.model;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Queued;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Released;
import dev.holdfast.protocol.v1.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What sessions ask for: every number once, "a repeated request gets the same answer". Called with
 * the command's step already taken.
 */
class SessionRequests {
  static final int STORED_ANSWERS_MAX = 1_024;
  static final int WAITING_MAX = 1_024;
  static final int DEMANDS_MAX = 64;
  static final int OWNER_BYTES_MAX = 128;
  static final int LOCKS_MAX = 10_000;
  static final int QUEUE_LENGTH_MAX = 1_000_000;

  private final LockModel model;
  private final ModelState state;
  private final GrantRules rules;

  SessionRequests(LockModel model) {
    this.model = model;
    this.state = model.state;
    this.rules = model.rules;
  }

  final void apply(SessionRequest command) {
    Request request = command.getRequest();
    ModelSession session = state.session(command.getSessionId());
    if (session == null) {
      model.say(
          new ModelOutcome.Answered(
              command.getSessionId(),
              request.getSequence(),
              model.refused(RefusalReason.SESSION_EXPIRED)));
      return;
    }
    session.deadlineMillis = ModelState.after(state.clockMillis, session.ttlMillis());
    if (command.hasAcknowledged()) {
      session.acknowledge(command.getAcknowledged());
    }
    decide(session, request);
  }

  private void decide(ModelSession session, Request request) {
    long sequence = request.getSequence();
    ModelRequest itWaits = waitingUnder(session, sequence);
    Answer stored = session.storedAnswers.get(sequence);
    if (sequence < 1) {
      answer(session, sequence, model.refused(RefusalReason.INVALID_REQUEST));
    } else if (session.isAcknowledged(sequence)) {
      answer(session, sequence, model.refused(RefusalReason.STALE_REQUEST));
    } else if (stored != null && isAnsweredFromMemory(request)) {
      answer(session, sequence, stored);
    } else if (itWaits != null) {
      repeatOfWaiting(session, request, itWaits);
    } else {
      execute(session, request);
    }
  }

  boolean isAnsweredFromMemory(Request request) {
    return true;
  }

  private void repeatOfWaiting(ModelSession session, Request request, ModelRequest itWaits) {
    if (request.hasCancel()) {
      state.waiting.remove(itWaits);
      state.mapChanged();
      answerAndStore(session, request.getSequence(), model.refused(RefusalReason.CANCELLED));
    } else {
      answer(session, request.getSequence(), queued(itWaits.ticket()));
    }
  }

  private void execute(ModelSession session, Request request) {
    switch (request.getActionCase()) {
      case ACQUIRE -> acquire(session, request);
      case EXTEND -> extend(session, request);
      case RELEASE -> release(session, request);
      case CANCEL, RESOLVE ->
          answerAndStore(session, request.getSequence(), model.refused(RefusalReason.CANCELLED));
      case CONVERT, HAND_OVER, SET_VALUE, REQUEST_REVOCATION, ACTION_NOT_SET ->
          answerAndStore(
              session, request.getSequence(), model.refused(RefusalReason.INVALID_REQUEST));
    }
  }

  // Acquire and preempt

  private void acquire(ModelSession session, Request request) {
    if (session.storedAnswers.size() >= STORED_ANSWERS_MAX) {
      answer(session, request.getSequence(), model.refused(RefusalReason.TOO_MANY_ANSWERS));
      return;
    }
    if (waitingOf(session).size() >= WAITING_MAX) {
      answer(session, request.getSequence(), model.refused(RefusalReason.TOO_MANY_REQUESTS));
      return;
    }
    Acquire acquire = request.getAcquire();
    Optional<Refused> malformed = malformed(acquire);
    if (malformed.isPresent()) {
      answerAndStore(session, request.getSequence(), refused(malformed.get()));
      return;
    }
    ModelRequest entering = entering(session, request);
    Optional<Refused> forbidden = forbidden(session, entering);
    if (forbidden.isPresent()) {
      answerAndStore(session, request.getSequence(), refused(forbidden.get()));
    } else if (rules.isGrantable(entering)) {
      grant(entering);
    } else if (acquire.getWaitMillis() == 0) {
      answerAndStore(session, request.getSequence(), refused(inTheWayOf(entering)));
    } else {
      enqueue(session, entering, acquire.getQueueLengthMax());
    }
  }

  /** What is wrong with it whatever the map looks like. */
  private static Optional<Refused> malformed(Acquire acquire) {
    int ownerBytes = acquire.getOwner().getBytes(StandardCharsets.UTF_8).length;
    if (ownerBytes == 0
        || ownerBytes > OWNER_BYTES_MAX
        || acquire.getDemandsCount() == 0
        || acquire.getDemandsCount() > DEMANDS_MAX
        || !acquire.getDemandsList().stream()
            .allMatch(demand -> ModeTable.canBeDemanded(demand.getMode()))
        || acquire.getLeaseMillis() < 0) {
      return Optional.of(because(RefusalReason.INVALID_REQUEST));
    }
    return acquire.getDemandsList().stream()
        .map(Demand::getLock)
        .filter(lock -> LockName.structuralProblemWith(lock) != null)
        .map(lock -> because(RefusalReason.INVALID_NAME, beginning(lock)))
        .findFirst();
  }

  /** The first 64 chars, or 63 if the 64th and the 65th are one character of two halves. */
  private static String beginning(String name) {
    if (name.length() <= 64) {
      return name;
    }
    return name.substring(0, Character.isHighSurrogate(name.charAt(63)) ? 63 : 64);
  }

  private ModelRequest entering(ModelSession session, Request request) {
    Acquire acquire = request.getAcquire();
    List<Demand> demands = rules.merged(acquire.getDemandsList());
    long waitUntilMillis =
        acquire.getWaitMillis() < 0
            ? Long.MAX_VALUE
            : ModelState.after(state.clockMillis, acquire.getWaitMillis());
    return new ModelRequest(
        state.revision,
        session.id,
        request.getSequence(),
        acquire.getOwner(),
        demands,
        rules.effective(demands),
        state.clockMillis,
        waitUntilMillis,
        acquire.getLeaseMillis());
  }

  /** What is wrong with it as things stand in the session. */
  private Optional<Refused> forbidden(ModelSession session, ModelRequest entering) {
    if (state.waiting.stream().anyMatch(waiting -> GrantRules.isSameOwner(waiting, entering))) {
      return Optional.of(because(RefusalReason.ALREADY_WAITING));
    }
    for (Demand demand : entering.demands()) {
      for (ModelGrant own : state.grants) {
        LockMode held = demandedMode(own.demands(), demand.getLock());
        if (held != null && GrantRules.isSameOwner(own, entering)) {
          return Optional.of(
              because(RefusalReason.ALREADY_HELD, demand.getLock()).toBuilder()
                  .setHolder(state.holder(own, held))
                  .build());
        }
      }
    }
    int locksMax = session.opened.getLocksMax() <= 0 ? LOCKS_MAX : session.opened.getLocksMax();
    if (locksOf(session) + entering.demands().size() > locksMax) {
      return Optional.of(because(RefusalReason.TOO_MANY_LOCKS));
    }
    return Optional.empty();
  }

  private int locksOf(ModelSession session) {
    int held =
        state.grants.stream()
            .filter(grant -> grant.sessionId() == session.id)
            .mapToInt(grant -> grant.demands().size())
            .sum();
    int awaited = waitingOf(session).stream().mapToInt(request -> request.demands().size()).sum();
    return held + awaited;
  }

  private Refused inTheWayOf(ModelRequest request) {
    GrantRules.Blocker blocker = rules.firstBlocker(request).orElseThrow();
    return because(blocker.reason(), blocker.lock()).toBuilder()
        .setHolder(blocker.holder())
        .build();
  }

  private void enqueue(ModelSession session, ModelRequest entering, int queueLengthMax) {
    int most =
        queueLengthMax <= 0 || queueLengthMax > QUEUE_LENGTH_MAX
            ? QUEUE_LENGTH_MAX
            : queueLengthMax;
    for (Demand demand : entering.demands()) {
      long queueLength =
          state.waiting.stream()
              .filter(waiting -> demandedMode(waiting.demands(), demand.getLock()) != null)
              .count();
      if (queueLength >= most) {
        Refused full = because(RefusalReason.QUEUE_FULL, demand.getLock());
        answerAndStore(session, entering.sequence(), refused(full));
        return;
      }
    }
    state.waiting.add(entering);
    state.mapChanged();
    answer(session, entering.sequence(), queued(entering.ticket()));
  }

  /** The grant's own step: its revision is the token. */
  final void grant(ModelRequest request) {
    long token = state.nextRevision();
    state.mapChanged();
    ModelGrant grant =
        new ModelGrant(
            token,
            request.sessionId(),
            request.owner(),
            request.demands(),
            request.effective(),
            request.ticket(),
            state.clockMillis,
            leaseEnd(request));
    state.grants.add(grant);
    ModelSession session = state.session(request.sessionId());
    if (session != null) {
      answerAndStore(session, request.sequence(), granted(grant));
    }
  }

  long leaseEnd(ModelRequest request) {
    return request.leaseMillis() == 0
        ? 0
        : ModelState.after(state.clockMillis, request.leaseMillis());
  }

  // Release and extend: by (session, token), never by name alone

  private void release(ModelSession session, Request request) {
    Optional<ModelGrant> own = ownGrant(session, request.getRelease().getToken());
    if (own.isPresent()) {
      model.endGrant(own.get());
      answerAndStore(session, request.getSequence(), released(state.revision));
    } else {
      answerAndStore(session, request.getSequence(), notOwn(request.getRelease().getToken()));
    }
  }

  private void extend(ModelSession session, Request request) {
    Extend extend = request.getExtend();
    Optional<ModelGrant> own = ownGrant(session, extend.getToken());
    if (session.storedAnswers.size() >= STORED_ANSWERS_MAX) {
      answer(session, request.getSequence(), model.refused(RefusalReason.TOO_MANY_ANSWERS));
    } else if (own.isEmpty()) {
      answerAndStore(session, request.getSequence(), notOwn(extend.getToken()));
    } else if (extend.getLeaseMillis() <= 0) {
      answerAndStore(session, request.getSequence(), model.refused(RefusalReason.INVALID_REQUEST));
    } else if (!own.get().isFixedLease()) {
      answerAndStore(session, request.getSequence(), model.refused(RefusalReason.NOT_FIXED_LEASE));
    } else {
      ModelGrant extended = extended(own.get(), extend.getLeaseMillis());
      answerAndStore(session, request.getSequence(), granted(extended));
    }
  }

  private ModelGrant extended(ModelGrant old, long leaseMillis) {
    long token = state.nextRevision();
    state.mapChanged();
    ModelGrant extended =
        new ModelGrant(
            token,
            old.sessionId(),
            old.owner(),
            old.demands(),
            old.effective(),
            old.ticket(),
            old.grantedAtMillis(),
            ModelState.after(state.clockMillis, leaseMillis));
    state.grants.remove(old);
    state.grants.add(extended);
    return extended;
  }

  Optional<ModelGrant> ownGrant(ModelSession session, long token) {
    return Optional.ofNullable(state.grant(token)).filter(grant -> grant.sessionId() == session.id);
  }

  private Answer notOwn(long token) {
    return model.refused(
        state.grant(token) == null ? RefusalReason.STALE_TOKEN : RefusalReason.NOT_HOLDER);
  }

  // Answers

  final void answer(ModelSession session, long sequence, Answer answer) {
    model.say(new ModelOutcome.Answered(session.id, sequence, answer));
  }

  final void answerAndStore(ModelSession session, long sequence, Answer answer) {
    session.storedAnswers.put(sequence, answer);
    answer(session, sequence, answer);
  }

  /** What the map has for a number; null if it never came. */
  static @Nullable Answer known(LockModel model, ModelSession session, long sequence) {
    Optional<ModelRequest> itWaits =
        model.state.waiting.stream()
            .filter(request -> request.sessionId() == session.id && request.sequence() == sequence)
            .findFirst();
    if (session.isAcknowledged(sequence)) {
      return model.refused(RefusalReason.STALE_REQUEST);
    }
    return itWaits
        .map(request -> queued(request.ticket()))
        .orElse(session.storedAnswers.get(sequence));
  }

  private @Nullable ModelRequest waitingUnder(ModelSession session, long sequence) {
    return waitingOf(session).stream()
        .filter(request -> request.sequence() == sequence)
        .findFirst()
        .orElse(null);
  }

  private List<ModelRequest> waitingOf(ModelSession session) {
    return state.waiting.stream().filter(request -> request.sessionId() == session.id).toList();
  }

  private static @Nullable LockMode demandedMode(List<Demand> demands, String lock) {
    return demands.stream()
        .filter(demand -> demand.getLock().equals(lock))
        .map(Demand::getMode)
        .findFirst()
        .orElse(null);
  }

  private static Refused because(RefusalReason reason) {
    return Refused.newBuilder().setReason(reason).build();
  }

  private static Refused because(RefusalReason reason, String lock) {
    return Refused.newBuilder().setReason(reason).setLock(lock).build();
  }

  private Answer refused(Refused refused) {
    return Answer.newBuilder().setRefused(refused).setRevision(state.revision).build();
  }

  static Answer refused(RefusalReason reason, long revision) {
    return Answer.newBuilder().setRefused(because(reason)).setRevision(revision).build();
  }

  static Answer released(long revision) {
    return Answer.newBuilder()
        .setReleased(Released.getDefaultInstance())
        .setRevision(revision)
        .build();
  }

  private static Answer queued(long ticket) {
    return Answer.newBuilder()
        .setQueued(Queued.newBuilder().setTicket(ticket))
        .setRevision(ticket)
        .build();
  }

  private static Answer granted(ModelGrant grant) {
    return Answer.newBuilder()
        .setGranted(
            Granted.newBuilder()
                .setToken(grant.token())
                .setExpiresAtMillis(grant.expiresAtMillis()))
        .setRevision(grant.token())
        .build();
  }
}
