package dev.holdfast.server.metrics;

import dev.holdfast.core.Event;
import dev.holdfast.core.Event.GrantCause;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Event.SessionEnd;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/** Counts what came of applied entries: the same on every node, also what it catches up with. */
final class MapCounters {
  private final EnumCounter<GrantCause> grants;
  private final EnumCounter<GrantEnd> releases;
  private final EnumCounter<SessionEnd> sessionsEnded;
  private final EnumCounter<RefusalReason> refusals;
  private final CounterDataPoint deadlocks;

  MapCounters(PrometheusRegistry registry) {
    grants =
        new EnumCounter<>(
            registry,
            "holdfast_grants_total",
            "Grants since this node started, by what they came from.",
            "cause",
            List.of(GrantCause.values()));
    releases =
        new EnumCounter<>(
            registry,
            "holdfast_releases_total",
            "Grants that ended since this node started, by how; with EXPIRED in it, a lease ran"
                + " out.",
            "end",
            List.of(GrantEnd.values()));
    sessionsEnded =
        new EnumCounter<>(
            registry,
            "holdfast_sessions_ended_total",
            "Sessions that ended since this node started: CLOSED by the client, or EXPIRED.",
            "end",
            List.of(SessionEnd.values()));
    refusals =
        new EnumCounter<>(
            registry,
            "holdfast_refusals_total",
            "Requests that the lock map refused since this node started, by the rule they broke.",
            "reason",
            reasons());
    deadlocks =
        EventMeter.counter(
            registry,
            "holdfast_deadlocks_total",
            "Deadlocks that were found and broken since this node started.");
  }

  /** All that this version knows; what is no reason is no label. */
  private static List<RefusalReason> reasons() {
    EnumSet<RefusalReason> none =
        EnumSet.of(RefusalReason.UNRECOGNIZED, RefusalReason.forNumber(0));
    return Arrays.stream(RefusalReason.values()).filter(each -> !none.contains(each)).toList();
  }

  void count(Event event) {
    switch (event) {
      case Event.LockGranted granted -> grants.count(granted.cause());
      case Event.LockReleased released -> releases.count(released.end());
      case Event.SessionEnded ended -> sessionsEnded.count(ended.end());
      case Event.DeadlockFound _ -> deadlocks.inc();
      case Event.SessionOpened _,
          Event.RequestQueued _,
          Event.RequestPassed _,
          Event.RequestLeft _,
          Event.LockConverted _,
          Event.ReservationEnded _,
          Event.LockValueChanged _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _,
          Event.RevocationRequested _ -> {
        // Nobody asked for a figure of it.
      }
    }
  }

  void count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answered -> countRefusal(answered.answer());
      case Outcome.OpenRefused refused -> countRefusal(refused.answer());
      case Outcome.OperationRefused refused -> countRefusal(refused.answer());
      case Outcome.Operated operated -> countRefusal(operated.answer());
      case Outcome.Opened _, Outcome.Renewed _, Outcome.Closed _, Outcome.OperationTaken _ -> {
        // No refusals.
      }
    }
  }

  private void countRefusal(Answer answer) {
    if (answer.hasRefused()) {
      refusals.count(answer.getRefused().getReason());
    }
  }
}
