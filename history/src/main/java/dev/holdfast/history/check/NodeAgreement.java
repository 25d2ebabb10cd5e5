package dev.holdfast.history.check;

import dev.holdfast.history.NodeLine;
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

  /** A grant has a revision of its own. */
  private static void checkAlone(Step one, Step other, Findings findings) {
    if (one.line instanceof NodeLine.LockGranted || other.line instanceof NodeLine.LockGranted) {
      findings.report(
          Rule.TOKEN_NOT_UNIQUE,
          "revision %d is the token of a grant and something else besides"
              .formatted(one.revision()),
          one.at,
          other.at);
    }
  }
}
