package dev.holdfast.history.check;

import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantEnd;
import java.util.List;

/** Whether nodes that tell about a revision tell all that others do, and tokens stand alone. */
final class NodeAgreement {
  private NodeAgreement() {}

  static void check(List<Step> steps, List<NodeLog> nodes, Findings findings) {
    Step before = null;
    for (Step step : steps) {
      for (NodeLog log : nodes) {
        boolean tells = (step.toldBy & (1L << log.index)) != 0;
        if (!tells && log.coverage.contains(step.revision())) {
          findings.report(
              Rule.NODES_DISAGREE,
              "at revision %d, node %s applied what node %s has not, though it went on"
                  .formatted(step.revision(), step.line.node(), log.node),
              step.at,
              log.lastLine);
        }
      }
      if (before != null && before.revision() == step.revision()) {
        checkAlone(before, step, findings);
      }
      before = step;
    }
  }

  /**
   * What a grant replaces ends in its step; and deadlocks and passings have the revision reached.
   */
  private static boolean mayGoWithGrant(NodeLine.Applied line) {
    if (line instanceof NodeLine.LockReleased released) {
      return released.end() == GrantEnd.CONVERTED || released.end() == GrantEnd.HANDED_OVER;
    }
    return line instanceof NodeLine.RequestPassed
        || line instanceof NodeLine.DeadlockFound
        || (line instanceof NodeLine.RequestLeft left && left.exit().endsSearch());
  }

  /** A grant has a revision of its own. */
  private static void checkAlone(Step one, Step other, Findings findings) {
    boolean taken = one.line instanceof NodeLine.LockGranted && !mayGoWithGrant(other.line);
    if (taken || (other.line instanceof NodeLine.LockGranted && !mayGoWithGrant(one.line))) {
      findings.report(
          Rule.TOKEN_NOT_UNIQUE,
          "revision %d is the token of a grant and something else besides"
              .formatted(one.revision()),
          one.at,
          other.at);
    }
  }
}
