package dev.holdfast.verification.model;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the made-up logs came upon, and how often: a rule that never applies was never tested. */
final class Tally {
  private final EnumMap<RefusalReason, Integer> refusals = new EnumMap<>(RefusalReason.class);
  private final TreeMap<String, Integer> events = new TreeMap<>();
  private final TreeMap<Integer, Integer> deadlockLengths = new TreeMap<>();

  void count(List<ModelOutcome> outcomes, List<Event> whatHappened) {
    for (ModelOutcome outcome : outcomes) {
      switch (outcome) {
        case ModelOutcome.Answered answered -> count(answered.answer());
        case ModelOutcome.OpenRefused refused -> count(refused.answer());
        case ModelOutcome.Operated operated -> count(operated.answer());
        case ModelOutcome.OperationRefused refused -> count(refused.answer());
        case ModelOutcome.OperationTaken taken -> {}
        case ModelOutcome.Opened opened -> {}
        case ModelOutcome.Renewed renewed -> {}
        case ModelOutcome.Closed closed -> {}
      }
    }
    whatHappened.forEach(event -> events.merge(nameOf(event), 1, Integer::sum));
  }

  private void count(Answer answer) {
    if (answer.hasRefused()) {
      refusals.merge(answer.getRefused().getReason(), 1, Integer::sum);
    }
  }

  private String nameOf(Event event) {
    return switch (event) {
      case Event.SessionOpened e -> "SessionOpened";
      case Event.SessionEnded e -> "SessionEnded " + e.end();
      case Event.RequestQueued e ->
          e.convertsToken() == 0 ? "RequestQueued" : "RequestQueued, a conversion";
      case Event.RequestPassed e -> "RequestPassed";
      case Event.RequestLeft e -> "RequestLeft " + e.exit();
      case Event.LockGranted e ->
          "LockGranted " + e.cause() + (e.waitedMillis() > 0 ? " after waiting" : "");
      case Event.LockConverted e -> "LockConverted";
      case Event.LockReleased e ->
          "LockReleased " + e.end() + (e.reservedUntilMillis() > 0 ? ", reserved" : "");
      case Event.ReservationEnded e ->
          "ReservationEnded " + (e.operator().isEmpty() ? "by time" : "by an operator");
      case Event.LockValueChanged e ->
          "LockValueChanged " + (e.value() == null ? "removed" : e.valid() ? "set" : "invalid");
      case Event.FileAppended e -> "FileAppended";
      case Event.FileRolledBack e -> "FileRolledBack";
      case Event.FileDeleted e -> "FileDeleted";
      case Event.RevocationRequested e ->
          "RevocationRequested by " + (e.bySessionId() == 0 ? "an operator" : "a session");
      case Event.DeadlockFound e -> {
        deadlockLengths.merge(e.deadlock().getLength(), 1, Integer::sum);
        yield "DeadlockFound";
      }
    };
  }

  Set<RefusalReason> refusals() {
    return refusals.keySet();
  }

  Set<String> events() {
    return events.keySet();
  }

  Set<Integer> deadlockLengths() {
    return deadlockLengths.keySet();
  }

  /** For a person to read. */
  String told() {
    return "refusals: " + refusals + "\ndeadlocks by length: " + deadlockLengths + "\n" + lines();
  }

  private String lines() {
    StringBuilder lines = new StringBuilder("events:");
    for (Map.Entry<String, Integer> event : events.entrySet()) {
      lines.append("\n  ").append(event.getKey()).append(": ").append(event.getValue());
    }
    return lines.toString();
  }
}
