package dev.holdfast.server.host;

import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.Outcome;
import dev.holdfast.history.Answer;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what an entry did in the words of a recording: events, joined with who was answered. */
final class NodeHistory {
  private final String node;

  NodeHistory(String node) {
    this.node = node;
  }

  /**
   * The lines of an entry, in the order of revisions.
   *
   * @param revisionBefore the map's revision before the entry
   * @param atNanos when it had been applied
   */
  List<NodeLine.Applied> linesOf(Applied applied, long revisionBefore, long atNanos) {
    return new Entry(applied, revisionBefore, atNanos).lines();
  }

  /** One entry. */
  private final class Entry {
    private final Applied applied;
    private final long revisionBefore;
    private final long atNanos;
    private final Map<Long, Outcome.Answered> byRevision = new HashMap<>();
    private final Map<Long, Long> ttlMillis = new HashMap<>();
    private final Set<Long> extendedAt = new HashSet<>();
    private final Set<Outcome.Answered> told = Collections.newSetFromMap(new IdentityHashMap<>());

    Entry(Applied applied, long revisionBefore, long atNanos) {
      this.applied = applied;
      this.revisionBefore = revisionBefore;
      this.atNanos = atNanos;
    }

    List<NodeLine.Applied> lines() {
      for (Outcome outcome : applied.outcomes()) {
        if (outcome instanceof Outcome.Answered answered) {
          byRevision.putIfAbsent(answered.answer().getRevision(), answered);
        } else if (outcome instanceof Outcome.Opened opened) {
          ttlMillis.put(opened.sessionId(), opened.ttlMillis());
        }
      }
      for (Event event : applied.events()) {
        if (event instanceof Event.LockReleased released
            && released.end() == Event.GrantEnd.EXTENDED) {
          extendedAt.add(released.revision());
        }
      }
      List<NodeLine.Applied> lines = new ArrayList<>();
      for (Event event : applied.events()) {
        NodeLine.@Nullable Applied line = lineOf(event);
        if (line != null) {
          lines.add(line);
        }
      }
      for (Outcome outcome : applied.outcomes()) {
        if (outcome instanceof Outcome.Answered answered
            && !answered.answer().hasQueued()
            && !told.contains(answered)) {
          lines.add(lineOf(answered));
        }
      }
      lines.sort(Comparator.comparingLong(NodeLine.Applied::revision));
      return lines;
    }

    private long clockMillis() {
      return applied.clockMillis();
    }

    /** The answer that tells what happened at a revision; null if nobody was waiting for it. */
    private Outcome.@Nullable Answered answerAt(long revision) {
      Outcome.Answered answered = byRevision.get(revision);
      if (answered != null) {
        told.add(answered);
      }
      return answered;
    }

    private NodeLine.@Nullable Applied lineOf(Event event) {
      return switch (event) {
        case Event.SessionOpened opened ->
            new NodeLine.SessionBegan(
                node,
                opened.revision(),
                clockMillis(),
                atNanos,
                opened.sessionId(),
                opened.clientId(),
                ttlMillis.getOrDefault(opened.sessionId(), 0L));
        case Event.SessionEnded ended ->
            new NodeLine.SessionEnded(
                node,
                ended.revision(),
                clockMillis(),
                atNanos,
                ended.sessionId(),
                NodeLine.SessionEnd.valueOf(ended.end().name()));
        case Event.RequestQueued queued ->
            new NodeLine.RequestQueued(
                node,
                queued.revision(),
                clockMillis(),
                atNanos,
                queued.sessionId(),
                queued.sequence(),
                queued.owner(),
                demands(queued.demands()));
        case Event.RequestLeft left -> {
          Outcome.Answered answered = byRevision.get(left.revision());
          if (answered != null
              && answered.sessionId() == left.sessionId()
              && answered.sequence() == left.sequence()) {
            told.add(answered);
          }
          yield new NodeLine.RequestLeft(
              node,
              left.revision(),
              clockMillis(),
              atNanos,
              left.ticket(),
              left.sessionId(),
              left.sequence(),
              NodeLine.QueueExit.valueOf(left.exit().name()));
        }
        case Event.LockGranted granted -> lineOf(granted);
        case Event.LockReleased released -> lineOf(released);
        case Event.RequestPassed _,
            Event.DeadlockFound _,
            Event.LockConverted _,
            Event.ReservationEnded _,
            Event.LockValueChanged _,
            Event.RevocationRequested _ ->
            null;
      };
    }

    private NodeLine.Applied lineOf(Event.LockGranted granted) {
      Outcome.Answered answered = answerAt(granted.revision());
      boolean extended = extendedAt.contains(granted.revision() - 1);
      return new NodeLine.LockGranted(
          node,
          granted.revision(),
          clockMillis(),
          atNanos,
          granted.ticket(),
          granted.sessionId(),
          answered == null ? 0 : answered.sequence(),
          granted.owner(),
          demands(granted.demands()),
          answered == null ? 0 : answered.answer().getGranted().getExpiresAtMillis(),
          extended ? NodeLine.GrantKind.EXTENDED : NodeLine.GrantKind.ACQUIRED);
    }

    private NodeLine.Applied lineOf(Event.LockReleased released) {
      Outcome.Answered answered =
          switch (released.end()) {
            case RELEASED -> answerAt(released.revision());
            case EXTENDED, CONVERTED, HANDED_OVER -> byRevision.get(released.revision() + 1);
            case LEASE_EXPIRED, SESSION_CLOSED, SESSION_EXPIRED, FORCE_RELEASED -> null;
          };
      return new NodeLine.LockReleased(
          node,
          released.revision(),
          clockMillis(),
          atNanos,
          released.token(),
          released.sessionId(),
          answered == null ? 0 : answered.sequence(),
          answered == null ? 0 : answered.sessionId(),
          NodeLine.GrantEnd.valueOf(released.end().name()));
    }

    private NodeLine.Applied lineOf(Outcome.Answered answered) {
      long decided = answered.answer().getRevision();
      boolean here = answered.answer().hasRefused() && decided > revisionBefore;
      return new NodeLine.RequestAnswered(
          node,
          here ? decided : applied.revision(),
          clockMillis(),
          atNanos,
          answered.sessionId(),
          answered.sequence(),
          answerOf(answered.answer()));
    }
  }

  private static Answer answerOf(dev.holdfast.protocol.v1.Answer answer) {
    return switch (answer.getResultCase()) {
      case GRANTED ->
          new Answer.Granted(
              answer.getGranted().getToken(), answer.getGranted().getExpiresAtMillis());
      case RELEASED -> new Answer.Released(answer.getRevision());
      case QUEUED -> new Answer.Queued(answer.getQueued().getTicket());
      case REFUSED ->
          new Answer.Refused(answer.getRefused().getReason().name(), answer.getRevision());
      case HANDED_OVER, DONE, RESULT_NOT_SET -> new Answer.Unknown();
    };
  }

  private static List<Demand> demands(List<dev.holdfast.protocol.v1.Demand> demands) {
    return demands.stream()
        .map(demand -> new Demand(demand.getLock(), modeOf(demand.getMode())))
        .toList();
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
}
