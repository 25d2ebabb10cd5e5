package dev.holdfast.verification.model;

import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import org.jspecify.annotations.Nullable;

/**
 * What sessions ask for: every number once, "a repeated request gets the same answer". Called with
 * the command's step already taken.
 */
class SessionRequests {
  static final int STORED_ANSWERS_MAX = 1_024;
  static final int WAITING_MAX = 1_024;

  final LockModel model;
  final ModelState state;
  private final Acquiring acquiring;
  private final Converting converting;
  private final HandingOver handingOver;
  private final HolderRequests holders;

  SessionRequests(LockModel model) {
    this.model = model;
    this.state = model.state;
    this.acquiring = new Acquiring(this);
    this.converting = new Converting(this);
    this.handingOver = new HandingOver(this);
    this.holders = new HolderRequests(this);
  }

  final void apply(SessionRequest command) {
    Request request = command.getRequest();
    ModelSession session = state.session(command.getSessionId());
    if (session == null) {
      model.say(
          new ModelOutcome.Answered(
              command.getSessionId(),
              request.getSequence(),
              ModelAnswers.refused(RefusalReason.SESSION_EXPIRED, state.revision)));
      return;
    }
    if (session.asksByOperations()) {
      answer(session, request.getSequence(), refused(RefusalReason.WRONG_SECRET));
      return;
    }
    if (command.hasAcknowledged()) {
      session.acknowledge(command.getAcknowledged());
    }
    applyNumbered(session, request);
  }

  final void applyNumbered(ModelSession session, Request request) {
    session.deadlineMillis = ModelState.after(state.clockMillis, session.ttlMillis());
    decide(session, request);
  }

  private void decide(ModelSession session, Request request) {
    long sequence = request.getSequence();
    ModelRequest itWaits = waitingUnder(session, sequence);
    Answer stored = session.storedAnswers.get(sequence);
    if (sequence < 1) {
      answer(session, sequence, refused(RefusalReason.INVALID_REQUEST));
    } else if (session.isAcknowledged(sequence)) {
      answer(session, sequence, refused(RefusalReason.STALE_REQUEST));
    } else if (stored != null && isAnsweredFromMemory(request)) {
      answer(session, sequence, inFull(stored));
    } else if (itWaits != null) {
      repeatOfWaiting(session, request, itWaits);
    } else {
      executeUnlessTooMany(session, request);
    }
  }

  boolean isAnsweredFromMemory(Request request) {
    return true;
  }

  private void repeatOfWaiting(ModelSession session, Request request, ModelRequest itWaits) {
    if (request.hasCancel()) {
      model.leave(
          itWaits, ModelEvent.QueueExit.CANCELLED, ModelAnswers.because(RefusalReason.CANCELLED));
    } else {
      answer(session, request.getSequence(), ModelAnswers.queued(itWaits.ticket()));
    }
  }

  /** "These two are not stored and the number stays new." */
  private void executeUnlessTooMany(ModelSession session, Request request) {
    boolean needsAnAnswer =
        switch (request.getActionCase()) {
          case ACQUIRE, CONVERT, EXTEND, HAND_OVER, SET_VALUE, APPEND_FILE, DELETE_FILE -> true;
          case RELEASE, CANCEL, RESOLVE, REQUEST_REVOCATION, ACTION_NOT_SET -> false;
        };
    boolean mayWait = request.hasAcquire() || request.hasConvert();
    if (needsAnAnswer && session.storedAnswers.size() >= STORED_ANSWERS_MAX) {
      answer(session, request.getSequence(), refused(RefusalReason.TOO_MANY_ANSWERS));
    } else if (mayWait && state.waitingOf(session.id).size() >= WAITING_MAX) {
      answer(session, request.getSequence(), refused(RefusalReason.TOO_MANY_REQUESTS));
    } else {
      execute(session, request);
    }
  }

  private void execute(ModelSession session, Request request) {
    long sequence = request.getSequence();
    switch (request.getActionCase()) {
      case ACQUIRE -> acquiring.acquire(session, sequence, request.getAcquire());
      case CONVERT -> converting.convert(session, sequence, request.getConvert());
      case HAND_OVER -> handingOver.handOver(session, sequence, request.getHandOver());
      case EXTEND -> holders.extend(session, sequence, request.getExtend());
      case RELEASE -> holders.release(session, sequence, request.getRelease().getToken());
      case SET_VALUE -> holders.setValue(session, sequence, request.getSetValue());
      case APPEND_FILE -> model.files.append(session, sequence, request.getAppendFile());
      case DELETE_FILE -> model.files.delete(session, sequence, request.getDeleteFile());
      case REQUEST_REVOCATION ->
          holders.requestRevocation(session, sequence, request.getRequestRevocation());
      case CANCEL, RESOLVE -> answerAndStore(session, sequence, refused(RefusalReason.CANCELLED));
      case ACTION_NOT_SET ->
          answerAndStore(session, sequence, refused(RefusalReason.INVALID_REQUEST));
    }
  }

  // Grants, each a step of its own

  final void grantWaiting(ModelRequest request) {
    state.noLongerWaits(request);
    grant(request);
  }

  final void grant(ModelRequest request) {
    ModelGrant grant =
        request.isConversion() ? converting.converted(request) : acquiring.granted(request);
    ModelSession session = state.session(request.sessionId());
    if (session != null) {
      answerAndStore(session, request.sequence(), ModelAnswers.granted(grant, grant.token()));
    }
  }

  // The first rules of all that name a token: by (session, token), never by name alone

  /** "STALE_TOKEN, NOT_HOLDER"; null if the session holds it. */
  final @Nullable Refused notOwn(ModelSession session, long token) {
    ModelGrant grant = state.grant(token);
    if (grant == null) {
      return ModelAnswers.because(RefusalReason.STALE_TOKEN);
    }
    return mayUse(session, grant) ? null : ModelAnswers.because(RefusalReason.NOT_HOLDER);
  }

  boolean mayUse(ModelSession session, ModelGrant grant) {
    return grant.sessionId() == session.id;
  }

  final ModelGrant grant(long token) {
    ModelGrant grant = state.grant(token);
    if (grant == null) {
      throw new IllegalStateException("no grant " + token);
    }
    return grant;
  }

  // Single rules that tests get wrong on purpose

  /** "A fixed lease of that length from the grant on." */
  long leaseEnd(ModelRequest request) {
    long leaseMillis = request.terms().leaseMillis();
    return leaseMillis == 0 ? 0 : ModelState.after(state.clockMillis, leaseMillis);
  }

  /** "If every new need is covered by the grant's need for that lock". */
  boolean isDownwards(ModelGrant grant, ModelRequest conversion) {
    return conversion.needs().entrySet().stream()
        .allMatch(
            need -> {
              ModelNeed has = grant.needs().get(need.getKey());
              return has != null && model.needs.covers(has, need.getValue());
            });
  }

  /** "A grant with a new token takes its place"; the step of an upward conversion. */
  long tokenOfConverted(ModelGrant old) {
    return state.nextRevision();
  }

  /** To whom a grant that is handed over goes. */
  ModelOwner receiver(ModelGrant given, ModelOwner named) {
    return named;
  }

  // Answers

  final Answer refused(RefusalReason reason) {
    return ModelAnswers.refused(reason, state.revision);
  }

  final void answer(ModelSession session, long sequence, Answer answer) {
    model.say(new ModelOutcome.Answered(session.id, sequence, answer));
  }

  final void refuse(ModelSession session, long sequence, Refused why) {
    answerAndStore(session, sequence, ModelAnswers.refused(why, state.revision));
  }

  /**
   * "An answer to a number that is acknowledged already (while its request waited) is told and not
   * stored."
   */
  final void answerAndStore(ModelSession session, long sequence, Answer answer) {
    if (!session.isAcknowledged(sequence)) {
      session.store(sequence, ModelAnswers.withoutTexts(answer));
    }
    answer(session, sequence, answer);
  }

  /** "A repetition is answered in full as long as the deadlock is among the 64 recent ones." */
  final Answer inFull(Answer stored) {
    Deadlock known = stored.getRefused().getDeadlock();
    return state.recentDeadlocks.stream()
        .filter(recent -> stored.getRefused().hasDeadlock())
        .filter(recent -> recent.getRevision() == known.getRevision())
        .filter(recent -> recent.getVictimTicket() == known.getVictimTicket())
        .map(recent -> ModelAnswers.withDeadlock(stored, recent))
        .findFirst()
        .orElse(stored);
  }

  /** What the map has for a number; null if it never came. */
  final @Nullable Answer known(ModelSession session, long sequence) {
    if (session.isAcknowledged(sequence)) {
      return refused(RefusalReason.STALE_REQUEST);
    }
    ModelRequest itWaits = waitingUnder(session, sequence);
    if (itWaits != null) {
      return ModelAnswers.queued(itWaits.ticket());
    }
    Answer stored = session.storedAnswers.get(sequence);
    return stored == null ? null : inFull(stored);
  }

  final @Nullable ModelRequest waitingUnder(ModelSession session, long sequence) {
    return state.waitingOf(session.id).stream()
        .filter(request -> request.sequence() == sequence)
        .findFirst()
        .orElse(null);
  }
}
