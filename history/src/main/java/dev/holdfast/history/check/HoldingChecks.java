package dev.holdfast.history.check;

import dev.holdfast.history.ClientLine.Holding;
import dev.holdfast.history.ClientLine.HoldingEnd;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine.GrantEnd;
import dev.holdfast.history.NodeLine.LockReleased;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What clients say that they hold: not at one time what excludes each other, and not too long. */
final class HoldingChecks {
  /** A stretch of holding. */
  private static final class Stretch extends Place {
    final Holding line;
    final int clock;

    Stretch(Evidence.Timed<Holding> timed) {
      super(
          timed.line().token(),
          new OwnerKey(timed.line().session(), timed.line().owner()),
          timed.line().demands(),
          timed.at());
      this.line = timed.line();
      this.clock = timed.clock();
    }
  }

  /** The beginning or the end of a stretch. */
  private record Edge(long nanos, boolean begins, Stretch stretch) {}

  private final Evidence evidence;
  private final Grants grants;
  private final Coverage coverage;
  private final Findings findings;

  HoldingChecks(Evidence evidence, Grants grants, Coverage coverage, Findings findings) {
    this.evidence = evidence;
    this.grants = grants;
    this.coverage = coverage;
    this.findings = findings;
  }

  void check() {
    Map<Integer, List<Edge>> byClock = new HashMap<>();
    for (Evidence.Timed<Holding> timed : evidence.holdings) {
      Stretch stretch = new Stretch(timed);
      checkGrant(stretch);
      checkEnd(stretch);
      if (stretch.line.untilNanos() > stretch.line.fromNanos()) {
        List<Edge> edges = byClock.computeIfAbsent(timed.clock(), unused -> new ArrayList<>());
        edges.add(new Edge(stretch.line.fromNanos(), true, stretch));
        edges.add(new Edge(stretch.line.untilNanos(), false, stretch));
      }
    }
    byClock.values().forEach(this::checkOverlaps);
  }

  private void checkGrant(Stretch stretch) {
    findings.checked(Rule.HELD_WITHOUT_GRANT);
    Grant grant = grants.get(stretch.id);
    if (grant == null) {
      if (coverage.contains(stretch.id)) {
        findings.report(
            Rule.HELD_WITHOUT_GRANT,
            "%s says that it held token %d, which was never granted"
                .formatted(stretch.owner, stretch.id),
            stretch.at);
      }
    } else if (!grant.owner.equals(stretch.owner)) {
      findings.report(
          Rule.HELD_WITHOUT_GRANT,
          "%s says that it held token %d, which was granted to %s"
              .formatted(stretch.owner, stretch.id, grant.owner),
          grant.at,
          stretch.at);
    }
  }

  private void checkEnd(Stretch stretch) {
    Grant grant = grants.get(stretch.id);
    LockReleased end = grant == null ? null : grant.end;
    if (grant == null || end == null || isReplacedOrTaken(end.end())) {
      return;
    }
    long endedNanos = evidence.firstApplied(end.revision(), stretch.clock);
    if (endedNanos == NodeLog.UNKNOWN) {
      return;
    }
    findings.checked(Rule.HELD_TOO_LONG);
    if (stretch.line.untilNanos() > endedNanos) {
      findings.report(
          Rule.HELD_TOO_LONG,
          "%s says that it held token %d until %d ns, and a node had ended it (%s) by %d ns"
              .formatted(
                  stretch.owner, stretch.id, stretch.line.untilNanos(), end.end(), endedNanos),
          grant.endAt,
          stretch.at);
    }
  }

  /** Its client can only hear of it afterwards, or goes on holding under a new token. */
  private static boolean isReplacedOrTaken(GrantEnd end) {
    return switch (end) {
      case EXTENDED, CONVERTED, HANDED_OVER, FORCE_RELEASED -> true;
      case RELEASED, LEASE_EXPIRED, SESSION_CLOSED, SESSION_EXPIRED -> false;
    };
  }

  private void checkOverlaps(List<Edge> edges) {
    edges.sort(
        Comparator.comparingLong(Edge::nanos)
            .thenComparing(Edge::begins)
            .thenComparingLong(edge -> edge.stretch.id));
    LockTable<Stretch> held = new LockTable<>();
    for (Edge edge : edges) {
      if (!edge.begins) {
        held.remove(edge.stretch);
        continue;
      }
      for (Need need : edge.stretch.needs()) {
        findings.checked(Rule.HOLDINGS_OVERLAP);
        Stretch other = inTheWay(held, edge.stretch, need);
        if (other != null && !wasTakenAway(other) && !wasTakenAway(edge.stretch)) {
          report(other, edge.stretch, need);
          break;
        }
      }
      held.add(edge.stretch);
    }
  }

  private static @Nullable Stretch inTheWay(LockTable<Stretch> held, Stretch stretch, Need need) {
    if (!need.isPermits()) {
      return held.firstInTheWay(stretch.owner, need, Long.MAX_VALUE);
    }
    boolean fits = held.permits(need.lock()) + need.permits() <= need.limit();
    return fits ? null : held.first(need.lock(), LockMode.PERMITS);
  }

  private boolean wasTakenAway(Stretch stretch) {
    Grant grant = grants.get(stretch.id);
    if (grant != null && grant.end != null) {
      return grant.end.end() == GrantEnd.FORCE_RELEASED;
    }
    return stretch.line.end() == HoldingEnd.TAKEN_AWAY;
  }

  private void report(Stretch one, Stretch other, Need need) {
    findings.report(
        Rule.HOLDINGS_OVERLAP,
        "%s (token %d, from %d to %d ns) and %s (token %d, from %d to %d ns) both say that they held"
                .formatted(
                    one.owner,
                    one.id,
                    one.line.fromNanos(),
                    one.line.untilNanos(),
                    other.owner,
                    other.id,
                    other.line.fromNanos(),
                    other.line.untilNanos())
            + " %s at one time".formatted(need.lock()),
        one.at,
        other.at);
  }
}
