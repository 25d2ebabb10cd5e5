package dev.holdfast.verification.simulation;

import dev.holdfast.core.Applied;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.check.CheckerSettings;
import dev.holdfast.history.check.HistoryChecker;
import dev.holdfast.history.check.Violation;
import dev.holdfast.server.host.NodeHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a universe would have recorded of it, for the checker of recorded runs: it
 * knows the rules of locks by itself, and has to find nothing. In a part of the universes, for it
 * costs time and memory.
 */
final class Recording {
  /** Every so many-eth universe is recorded. */
  private static final int ONE_OF = 3;

  private static final int VIOLATIONS_TOLD = 3;

  private final Scheduler scheduler;
  private final @Nullable HistoryChecker checker;

  Recording(Scheduler scheduler, long seed) {
    this.scheduler = scheduler;
    if (seed % ONE_OF == 0) {
      checker = new HistoryChecker(new CheckerSettings(0.05, VIOLATIONS_TOLD));
      checker.add(HistoryLine.Header.inMemory("universe"));
    } else {
      checker = null;
    }
  }

  /** A node tells of everything behind a revision. */
  void began(SimulatedNode node) {
    if (checker != null) {
      checker.add(
          new NodeLine.Began(
              node.name,
              node.machine().revision(),
              node.machine().clockMillis(),
              scheduler.nowNanos()));
    }
  }

  /** A node applied an entry. */
  void applied(SimulatedNode node, Applied applied, long revisionBefore) {
    if (checker != null) {
      new NodeHistory(node.name)
          .linesOf(applied, revisionBefore, scheduler.nowNanos())
          .forEach(checker::add);
    }
  }

  /** Nothing more happens: what was recorded breaks no rule. */
  void requireRight(List<SimulatedNode> nodes) {
    if (checker == null) {
      return;
    }
    for (SimulatedNode node : nodes) {
      if (node.isAlive()) {
        checker.add(
            new NodeLine.Reached(
                node.name,
                node.machine().revision(),
                node.machine().clockMillis(),
                scheduler.nowNanos()));
      }
    }
    List<Violation> found = checker.finish();
    if (!found.isEmpty()) {
      throw new RuleBroken(Rule.HISTORY, found.get(0).toString());
    }
  }
}
