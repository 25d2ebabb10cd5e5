package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Action;
import dev.holdfast.history.ClientLine.LockRead;
import dev.holdfast.history.ClientLine.Operation;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantEnd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that happened in the order of revisions: from nodes, and from clients where no node tells.
 */
final class Timeline {
  /** What only the holder of a grant may ask. */
  private static final Set<Action> OF_A_GRANT =
      EnumSet.of(
          Action.RELEASE,
          Action.EXTEND,
          Action.CONVERT,
          Action.HAND_OVER,
          Action.SET_VALUE,
          Action.APPEND_FILE,
          Action.DELETE_FILE);

  private final Evidence evidence;
  private final Grants grants;
  private final Coverage coverage;
  private final List<Moment> moments = new ArrayList<>();
  private final Map<Long, Waiting> waitingByTicket = new HashMap<>();

  /** By token: the revision at which it ended, by the word of the first who tells. */
  private final Map<Long, Long> ended = new HashMap<>();

  private Timeline(Evidence evidence, Grants grants, Coverage coverage) {
    this.evidence = evidence;
    this.grants = grants;
    this.coverage = coverage;
  }

  static List<Moment> of(List<Step> steps, Evidence evidence, Grants grants, Coverage coverage) {
    Timeline timeline = new Timeline(evidence, grants, coverage);
    steps.forEach(timeline::addOfNode);
    evidence.requests.values().forEach(timeline::addOfClient);
    timeline.addGrants();
    timeline.addReads();
    timeline.addForgotten();
    Collections.sort(timeline.moments);
    return timeline.moments;
  }

  private void add(long revision, Moment.Kind kind, Object subject, @Nullable LocatedLine at) {
    moments.add(new Moment(revision, kind, subject, at));
  }

  private void addOfNode(Step step) {
    NodeLine.Applied line = step.line;
    long revision = line.revision();
    if (line instanceof NodeLine.LockReleased released) {
      ended.putIfAbsent(released.token(), revision);
      Grant grant = grants.get(released.token());
      if (grant != null && grant.end == null) {
        grant.end = released;
        grant.endAt = step.at;
      }
      add(revision, Moment.Kind.RELEASED, endingOf(released), step.at);
      if (released.reservedUntilMillis() != 0) {
        long unknownFrom = coverage.endOf(revision) + 1;
        add(unknownFrom, Moment.Kind.RESERVATION_FORGOTTEN, released.token(), null);
      }
    } else if (line instanceof NodeLine.RequestQueued queued) {
      Waiting waiting =
          new Waiting(
              revision,
              new OwnerKey(queued.session(), queued.owner()),
              queued.demands(),
              step.at,
              new RequestKey(queued.session(), queued.sequence()));
      waiting.converts = queued.converts();
      waiting.knownUntil = Math.max(revision, coverage.endOf(revision));
      waitingByTicket.put(revision, waiting);
      add(revision, Moment.Kind.QUEUED, waiting, step.at);
    } else if (line instanceof NodeLine.RequestLeft left) {
      Waiting waiting = waitingByTicket.get(left.ticket());
      if (waiting != null) {
        waiting.ends = true;
      }
      boolean isVictim = left.exit().endsSearch();
      add(revision, isVictim ? Moment.Kind.VICTIM_LEFT : Moment.Kind.LEFT, left, step.at);
    } else if (line instanceof NodeLine.SessionBegan) {
      add(revision, Moment.Kind.SESSION_BEGAN, line, step.at);
    } else if (line instanceof NodeLine.SessionEnded) {
      add(revision, Moment.Kind.SESSION_ENDED, line, step.at);
    } else {
      addRare(step);
    }
  }

  private void addRare(Step step) {
    NodeLine.Applied line = step.line;
    if (line instanceof NodeLine.LockConverted) {
      add(line.revision(), Moment.Kind.CONVERTED, line, step.at);
    } else if (line instanceof NodeLine.RequestPassed) {
      add(line.revision(), Moment.Kind.PASSED, line, step.at);
    } else if (line instanceof NodeLine.DeadlockFound) {
      add(line.revision(), Moment.Kind.DEADLOCK, line, step.at);
    } else if (line instanceof NodeLine.ReservationEnded) {
      add(line.revision(), Moment.Kind.RESERVATION_ENDED, line, step.at);
    } else if (line instanceof NodeLine.ValueChanged) {
      add(line.revision(), Moment.Kind.VALUE, line, step.at);
    } else if (line instanceof NodeLine.RevocationRequested) {
      add(line.revision(), Moment.Kind.REVOCATION, line, step.at);
    }
  }

  private static Ending endingOf(NodeLine.LockReleased line) {
    return new Ending(
        line.token(),
        line.session(),
        line.by(),
        line.end(),
        line.clockMillis(),
        line.reservedUntilMillis(),
        line.sequence() != 0 && line.by() == line.session());
  }

  private void addOfClient(RequestFacts facts) {
    Operation asked = facts.asked;
    LocatedLine at = facts.answerAt;
    if (asked == null || !facts.isClients) {
      return;
    }
    // Whose grant a conversion is about, and what it would have, only nodes tell.
    if (facts.ticket != 0 && facts.queued == null && asked.action() != Action.CONVERT) {
      addClientsWaiting(facts, asked);
    }
    Answer answer = facts.answer;
    if (answer == null || at == null) {
      return;
    }
    long revision = answer.revision();
    if (answer instanceof Answer.Released && !coverage.contains(revision)) {
      endedByClient(asked.token(), asked.session(), revision, GrantEnd.RELEASED, at);
    } else if (answer instanceof Answer.Granted
        && asked.action() == Action.EXTEND
        && !coverage.contains(revision - 1)) {
      endedByClient(asked.token(), asked.session(), revision - 1, GrantEnd.EXTENDED, at);
    } else if (answer instanceof Answer.Granted granted
        && asked.action() == Action.CONVERT
        && granted.token() != asked.token()
        && !coverage.contains(granted.token())) {
      endedByClient(asked.token(), asked.session(), granted.token(), GrantEnd.CONVERTED, at);
    } else if (answer instanceof Answer.HandedOver && !coverage.contains(revision)) {
      endedByClient(asked.token(), asked.session(), revision, GrantEnd.HANDED_OVER, at);
    } else if (answer instanceof Answer.Refused refused
        && OF_A_GRANT.contains(asked.action())
        && (refused.reason().equals("STALE_TOKEN") || refused.reason().equals("NOT_HOLDER"))) {
      add(revision, Moment.Kind.TOKEN_REFUSED, facts, at);
    }
  }

  private void endedByClient(
      long token, long session, long revision, GrantEnd end, LocatedLine at) {
    Long known = ended.putIfAbsent(token, revision);
    if (known != null && known == revision) {
      return; // a node tells the same, of the last revision before its recording ends
    }
    Grant grant = grants.get(token);
    long owner = grant == null ? session : grant.owner.session();
    add(revision, Moment.Kind.RELEASED, new Ending(token, owner, session, end, -1, 0, true), at);
  }

  private void addClientsWaiting(RequestFacts facts, Operation asked) {
    LocatedLine at = facts.askedAt;
    if (at == null || waitingByTicket.containsKey(facts.ticket)) {
      return;
    }
    Waiting waiting =
        new Waiting(
            facts.ticket,
            new OwnerKey(asked.session(), asked.owner()),
            asked.demands(),
            at,
            facts.key);
    waitingByTicket.put(facts.ticket, waiting);
    add(facts.ticket, Moment.Kind.QUEUED, waiting, at);
    if (facts.answer instanceof Answer.Refused refused && refused.revision() > facts.ticket) {
      waiting.ends = true;
      add(refused.revision(), Moment.Kind.LEFT, waiting, facts.answerAt);
    }
  }

  private void addGrants() {
    for (Grant grant : grants.byToken.values()) {
      Waiting waiting = waitingByTicket.get(grant.ticket);
      if (waiting != null) {
        waiting.ends = true;
      }
      add(grant.token(), Moment.Kind.GRANTED, grant, grant.at);
    }
  }

  private void addReads() {
    for (Evidence.Timed<LockRead> read : evidence.reads) {
      add(read.line().revision(), Moment.Kind.READ, read.line(), read.at());
    }
  }

  private void addForgotten() {
    for (Grant grant : grants.byToken.values()) {
      Long end = ended.get(grant.token());
      if (end == null || (grant.mayShrinkUnseen && end > grant.knownUntil + 1)) {
        add(grant.knownUntil + 1, Moment.Kind.FORGOTTEN, grant, null);
      }
    }
    for (Waiting waiting : waitingByTicket.values()) {
      if (!waiting.ends) {
        add(waiting.knownUntil + 1, Moment.Kind.FORGOTTEN, waiting, null);
      }
    }
  }
}
