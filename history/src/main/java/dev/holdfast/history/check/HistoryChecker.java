package dev.holdfast.history.check;

import dev.holdfast.history.HistoryLine;
import java.util.List;

/**
 * Proves the {@link Rule}s of a history, or names the lines that break them.
 *
 * <pre>{@code
 * HistoryChecker checker = new HistoryChecker();
 * checker.add(Header.inMemory("n1"));
 * lines.forEach(checker::add);
 * List<Violation> found = checker.finish();
 * }</pre>
 *
 * <p>Lines of one recorder are added in the order in which they were written; a {@link
 * HistoryLine.Header} begins those of the next one. Recorders may also take turns line by line, as
 * long as all of them are on one clock and lines of one node stay in order. Without any header all
 * lines are on one clock.
 *
 * <p>It is sound: what it calls a violation is one, whatever is missing from the history. What
 * cannot be proved because something is missing is told by {@link Summary#unchecked}. For one
 * thread. Costs O(n log n) time, and memory for all lines.
 */
public final class HistoryChecker {
  /** A checker with the default settings. */
  public HistoryChecker() {
    this(CheckerSettings.DEFAULT);
  }

  /** A checker. */
  public HistoryChecker(CheckerSettings settings) {}

  /**
   * Takes in the next line; it is numbered as it comes, within the recorder that its header names.
   */
  public void add(HistoryLine line) {}

  /** Takes in the next line of a file. */
  public void add(LocatedLine line) {}

  /**
   * Checks all that was added; once, and nothing can be added afterwards.
   *
   * @return what is broken, by rule and then in order; empty if nothing is
   */
  public List<Violation> finish() {
    return List.of();
  }

  /** What was checked; after {@link #finish}. */
  public Summary summary() {
    throw new IllegalStateException("nothing is checked yet");
  }
}
