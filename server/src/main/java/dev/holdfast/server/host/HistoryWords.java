package dev.holdfast.server.host;

import dev.holdfast.core.Event;
import dev.holdfast.history.Answer;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import java.util.List;

/** The machine's words in those of a recording. */
final class HistoryWords {
  private HistoryWords() {}

  static Answer answerOf(dev.holdfast.protocol.v1.Answer answer) {
    return switch (answer.getResultCase()) {
      case GRANTED ->
          new Answer.Granted(
              answer.getGranted().getToken(),
              answer.getGranted().getExpiresAtMillis(),
              answer.getRevision());
      case RELEASED -> new Answer.Released(answer.getRevision());
      case QUEUED -> new Answer.Queued(answer.getQueued().getTicket());
      case REFUSED ->
          new Answer.Refused(answer.getRefused().getReason().name(), answer.getRevision());
      case HANDED_OVER -> new Answer.HandedOver(answer.getHandedOver().getToken());
      case DONE, APPENDED -> new Answer.Done(answer.getRevision());
      case RESULT_NOT_SET -> new Answer.Unknown();
    };
  }

  static List<Demand> demands(List<dev.holdfast.protocol.v1.Demand> demands) {
    return demands.stream().map(HistoryWords::demandOf).toList();
  }

  private static Demand demandOf(dev.holdfast.protocol.v1.Demand demand) {
    return demand.getPermits() > 0
        ? Demand.permits(demand.getLock(), demand.getPermits(), demand.getLimit())
        : new Demand(demand.getLock(), modeOf(demand.getMode()));
  }

  private static LockMode modeOf(dev.holdfast.protocol.v1.LockMode mode) {
    return switch (mode) {
      case LOCK_MODE_IS -> LockMode.IS;
      case LOCK_MODE_IX -> LockMode.IX;
      case LOCK_MODE_S -> LockMode.S;
      case LOCK_MODE_SIX -> LockMode.SIX;
      case LOCK_MODE_X -> LockMode.X;
      case LOCK_MODE_NL, LOCK_MODE_UNSPECIFIED, UNRECOGNIZED -> LockMode.NL;
    };
  }

  static NodeLine.QueueExit exitOf(Event.QueueExit exit) {
    return switch (exit) {
      case CANCELLED -> NodeLine.QueueExit.CANCELLED;
      case TIMED_OUT -> NodeLine.QueueExit.TIMED_OUT;
      case SESSION_ENDED -> NodeLine.QueueExit.SESSION_ENDED;
      case DEADLOCK_VICTIM -> NodeLine.QueueExit.DEADLOCK;
      case GRANT_ENDED -> NodeLine.QueueExit.GRANT_ENDED;
      case QUEUE_FULL -> NodeLine.QueueExit.QUEUE_FULL;
    };
  }

  static NodeLine.GrantKind kindOf(Event.GrantCause cause) {
    return switch (cause) {
      case REQUESTED -> NodeLine.GrantKind.ACQUIRED;
      case EXTENDED -> NodeLine.GrantKind.EXTENDED;
      case CONVERTED -> NodeLine.GrantKind.CONVERTED;
      case HANDED_OVER -> NodeLine.GrantKind.HANDED_OVER;
    };
  }

  static NodeLine.GrantEnd endOf(Event.GrantEnd end) {
    return switch (end) {
      case RELEASED -> NodeLine.GrantEnd.RELEASED;
      case EXTENDED -> NodeLine.GrantEnd.EXTENDED;
      case CONVERTED -> NodeLine.GrantEnd.CONVERTED;
      case HANDED_OVER -> NodeLine.GrantEnd.HANDED_OVER;
      case LEASE_EXPIRED -> NodeLine.GrantEnd.LEASE_EXPIRED;
      case SESSION_CLOSED -> NodeLine.GrantEnd.SESSION_CLOSED;
      case SESSION_EXPIRED -> NodeLine.GrantEnd.SESSION_EXPIRED;
      case FORCE_RELEASED -> NodeLine.GrantEnd.FORCE_RELEASED;
    };
  }
}
