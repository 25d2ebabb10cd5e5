package dev.holdfast.server.host;

import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.Outcome;
import dev.holdfast.history.NodeLine;
import dev.holdfast.protocol.v1.DeadlockMember;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Says what an entry did in the words of a recording: events, joined with who was answered. */
public final class NodeHistory {
  private final String node;

  /**
   * Lines of a node.
   *
   * @param node its id
   */
  public NodeHistory(String node) {
    this.node = node;
  }

  /**
   * The lines of an entry, in the order of revisions.
   *
   * @param revisionBefore the map's revision before the entry
   * @param atNanos when it had been applied
   */
  public List<NodeLine.Applied> linesOf(Applied applied, long revisionBefore, long atNanos) {
    return new Entry(applied, revisionBefore, atNanos).lines();
  }

  /** One entry. */
  private final class Entry {
    private final Applied applied;
    private final long revisionBefore;
    private final long atNanos;

    /** By the revision at which it was decided; several may be, of which one alone is a grant. */
    private final Map<Long, List<Outcome.Answered>> byRevision = new HashMap<>();

    private final Map<Long, Long> ttlMillis = new HashMap<>();
    private final Map<Long, Long> replacedBy = new HashMap<>();
    private final Set<Outcome.Answered> told = Collections.newSetFromMap(new IdentityHashMap<>());

    Entry(Applied applied, long revisionBefore, long atNanos) {
      this.applied = applied;
      this.revisionBefore = revisionBefore;
      this.atNanos = atNanos;
    }

    List<NodeLine.Applied> lines() {
      for (Outcome outcome : applied.outcomes()) {
        if (outcome instanceof Outcome.Answered answered) {
          byRevision
              .computeIfAbsent(answered.answer().getRevision(), _ -> new ArrayList<>(1))
              .add(answered);
        } else if (outcome instanceof Outcome.Opened opened) {
          ttlMillis.put(opened.sessionId(), opened.ttlMillis());
        } else if (outcome instanceof Outcome.OperationTaken taken) {
          ttlMillis.put(taken.sessionId(), taken.ttlMillis());
        }
      }
      for (Event event : applied.events()) {
        if (event instanceof Event.LockGranted granted && granted.replacedToken() != 0) {
          replacedBy.put(granted.replacedToken(), granted.revision());
        }
      }
      List<NodeLine.Applied> lines = new ArrayList<>();
      for (Event event : applied.events()) {
        NodeLine.Applied line = lineOf(event);
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

    /** The first answer of a revision that fits; null if nobody was waiting for one. */
    private Outcome.@Nullable Answered answerAt(
        long revision, Predicate<Outcome.Answered> fits, boolean tells) {
      for (Outcome.Answered answered : byRevision.getOrDefault(revision, List.of())) {
        if (fits.test(answered)) {
          if (tells) {
            told.add(answered);
          }
          return answered;
        }
      }
      return null;
    }

    /** Null if the event is told by the answer to whoever asked, or not at all. */
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
                HistoryWords.demands(queued.demands()),
                queued.convertsToken());
        case Event.RequestLeft left -> lineOf(left);
        case Event.LockGranted granted -> lineOf(granted);
        case Event.LockConverted converted -> lineOf(converted);
        case Event.LockReleased released -> lineOf(released);
        case Event.DeadlockFound found -> lineOf(found);
        case Event.RequestPassed passed ->
            new NodeLine.RequestPassed(
                node,
                passed.revision(),
                clockMillis(),
                atNanos,
                passed.ticket(),
                passed.passedTicket(),
                passed.lock());
        case Event.ReservationEnded ended ->
            new NodeLine.ReservationEnded(
                node, ended.revision(), clockMillis(), atNanos, ended.token(), ended.operator());
        case Event.LockValueChanged changed -> lineOf(changed);
        case Event.FileAppended _, Event.FileRolledBack _, Event.FileDeleted _ -> null;
        case Event.RevocationRequested requested ->
            new NodeLine.RevocationRequested(
                node,
                requested.revision(),
                clockMillis(),
                atNanos,
                requested.token(),
                requested.sessionId(),
                requested.bySessionId());
      };
    }

    private NodeLine.Applied lineOf(Event.RequestLeft left) {
      answerAt(
          left.revision(),
          answered ->
              answered.sessionId() == left.sessionId() && answered.sequence() == left.sequence(),
          true);
      return new NodeLine.RequestLeft(
          node,
          left.revision(),
          clockMillis(),
          atNanos,
          left.ticket(),
          left.sessionId(),
          left.sequence(),
          HistoryWords.exitOf(left.exit()));
    }

    private NodeLine.Applied lineOf(Event.LockGranted granted) {
      long token = granted.revision();
      Outcome.Answered answered = answerAt(token, answer -> isGrant(answer, token), true);
      return new NodeLine.LockGranted(
          node,
          token,
          clockMillis(),
          atNanos,
          granted.ticket(),
          granted.sessionId(),
          answered == null ? 0 : answered.sequence(),
          granted.owner(),
          HistoryWords.demands(granted.demands()),
          granted.expiresAtMillis(),
          HistoryWords.kindOf(granted.cause()),
          granted.replacedToken());
    }

    private static boolean isGrant(Outcome.Answered answered, long token) {
      return answered.answer().hasGranted() && answered.answer().getGranted().getToken() == token;
    }

    private NodeLine.Applied lineOf(Event.LockConverted converted) {
      Outcome.Answered answered =
          answerAt(converted.revision(), answer -> isGrant(answer, converted.token()), true);
      return new NodeLine.LockConverted(
          node,
          converted.revision(),
          clockMillis(),
          atNanos,
          converted.token(),
          converted.sessionId(),
          answered == null ? 0 : answered.sequence(),
          HistoryWords.demands(converted.demands()));
    }

    private NodeLine.Applied lineOf(Event.LockReleased released) {
      Outcome.Answered answered = enderOf(released);
      return new NodeLine.LockReleased(
          node,
          released.revision(),
          clockMillis(),
          atNanos,
          released.token(),
          released.sessionId(),
          answered == null ? 0 : answered.sequence(),
          answered == null ? 0 : answered.sessionId(),
          HistoryWords.endOf(released.end()),
          released.reservedUntilMillis());
    }

    /** The request that ended a grant; null if none did, or nobody was waiting for its answer. */
    private Outcome.@Nullable Answered enderOf(Event.LockReleased released) {
      long next = replacedBy.getOrDefault(released.token(), released.revision());
      return switch (released.end()) {
        case RELEASED ->
            answerAt(released.revision(), answered -> answered.answer().hasReleased(), true);
        case EXTENDED, CONVERTED -> answerAt(next, answered -> isGrant(answered, next), false);
        case HANDED_OVER -> answerAt(next, answered -> answered.answer().hasHandedOver(), true);
        case LEASE_EXPIRED, SESSION_CLOSED, SESSION_EXPIRED, FORCE_RELEASED -> null;
      };
    }

    private NodeLine.Applied lineOf(Event.DeadlockFound found) {
      List<NodeLine.Member> members = new ArrayList<>();
      for (DeadlockMember member : found.deadlock().getMembersList()) {
        members.add(
            new NodeLine.Member(member.getTicket(), member.getLock(), member.getHeldToken()));
      }
      return new NodeLine.DeadlockFound(
          node,
          found.revision(),
          clockMillis(),
          atNanos,
          found.deadlock().getVictimTicket(),
          found.deadlock().getLength(),
          members);
    }

    private NodeLine.Applied lineOf(Event.LockValueChanged changed) {
      NodeLine.ValueChange change =
          changed.value() == null
              ? NodeLine.ValueChange.REMOVED
              : changed.valid() ? NodeLine.ValueChange.SET : NodeLine.ValueChange.INVALIDATED;
      return new NodeLine.ValueChanged(
          node,
          changed.revision(),
          clockMillis(),
          atNanos,
          changed.lock(),
          changed.token(),
          change);
    }

    private NodeLine.Applied lineOf(Outcome.Answered answered) {
      long decided = answered.answer().getRevision();
      boolean decides =
          answered.answer().hasRefused()
              || answered.answer().hasDone()
              || answered.answer().hasAppended();
      return new NodeLine.RequestAnswered(
          node,
          decides && decided > revisionBefore ? decided : applied.revision(),
          clockMillis(),
          atNanos,
          answered.sessionId(),
          answered.sequence(),
          HistoryWords.answerOf(answered.answer()));
    }
  }
}
