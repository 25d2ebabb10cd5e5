package dev.holdfast.verification.model;

import dev.holdfast.core.Event;
import dev.holdfast.core.Outcome;

/** What core says, in the model's words, so that the two can be compared. */
final class CoreInModelWords {
  private CoreInModelWords() {}

  static ModelOutcome of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered o -> new ModelOutcome.Answered(o.sessionId(), o.sequence(), o.answer());
      case Outcome.Opened o -> new ModelOutcome.Opened(o.nonce(), o.sessionId(), o.ttlMillis());
      case Outcome.OpenRefused o -> new ModelOutcome.OpenRefused(o.nonce(), o.answer());
      case Outcome.Renewed o -> new ModelOutcome.Renewed(o.sessionId(), o.nonce(), o.alive());
      case Outcome.Closed o -> new ModelOutcome.Closed(o.sessionId());
      case Outcome.OperationTaken o ->
          new ModelOutcome.OperationTaken(
              o.client(), o.operationId(), o.sessionId(), o.sequence(), o.ttlMillis());
      case Outcome.OperationRefused o ->
          new ModelOutcome.OperationRefused(o.client(), o.operationId(), o.answer());
      case Outcome.Operated o -> new ModelOutcome.Operated(o.operationId(), o.answer());
    };
  }

  static ModelEvent of(Event event) {
    return switch (event) {
      case Event.SessionOpened e ->
          new ModelEvent.SessionOpened(e.revision(), e.sessionId(), e.clientId(), e.label());
      case Event.SessionEnded e ->
          new ModelEvent.SessionEnded(
              e.revision(), e.sessionId(), ModelEvent.SessionEnd.valueOf(e.end().name()));
      case Event.RequestQueued e ->
          new ModelEvent.RequestQueued(
              e.revision(),
              new ModelOwner(e.sessionId(), e.owner()),
              e.sequence(),
              e.demands(),
              e.priority(),
              e.convertsToken());
      case Event.RequestPassed e ->
          new ModelEvent.RequestPassed(
              e.revision(), e.ticket(), e.sessionId(), e.sequence(), e.lock(), e.passedTicket());
      case Event.RequestLeft e ->
          new ModelEvent.RequestLeft(
              e.revision(),
              e.ticket(),
              e.sessionId(),
              e.sequence(),
              ModelEvent.QueueExit.valueOf(e.exit().name()));
      case Event.LockGranted e -> granted(e);
      case Event.LockConverted e ->
          new ModelEvent.LockConverted(
              e.revision(),
              e.token(),
              new ModelOwner(e.sessionId(), e.owner()),
              e.before(),
              e.demands());
      case Event.LockReleased e -> released(e);
      case Event.ReservationEnded e ->
          new ModelEvent.ReservationEnded(
              e.revision(), e.token(), e.demands(), e.operator(), e.reason());
      case Event.LockValueChanged e ->
          new ModelEvent.LockValueChanged(e.revision(), e.lock(), e.value(), e.valid(), e.token());
      case Event.FileAppended e ->
          new ModelEvent.FileAppended(e.revision(), e.file(), e.offset(), e.data(), e.token());
      case Event.FileRolledBack e ->
          new ModelEvent.FileRolledBack(e.revision(), e.file(), e.length(), e.token());
      case Event.FileDeleted e -> new ModelEvent.FileDeleted(e.revision(), e.file(), e.token());
      case Event.RevocationRequested e ->
          new ModelEvent.RevocationRequested(
              e.revision(), e.token(), e.sessionId(), e.bySessionId(), e.operator(), e.detail());
      case Event.DeadlockFound e -> new ModelEvent.DeadlockFound(e.revision(), e.deadlock());
    };
  }

  private static ModelEvent granted(Event.LockGranted e) {
    return new ModelEvent.LockGranted(
        e.revision(),
        e.ticket(),
        new ModelOwner(e.sessionId(), e.owner()),
        e.demands(),
        e.waitedMillis(),
        e.expiresAtMillis(),
        ModelEvent.GrantCause.valueOf(e.cause().name()),
        e.replacedToken());
  }

  private static ModelEvent released(Event.LockReleased e) {
    return new ModelEvent.LockReleased(
        e.revision(),
        e.token(),
        e.sessionId(),
        e.demands(),
        ModelEvent.GrantEnd.valueOf(e.end().name()),
        e.operator(),
        e.reason(),
        e.reservedUntilMillis());
  }
}
