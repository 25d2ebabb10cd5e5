package dev.holdfast.cli.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a benchmark measured.
 *
 * @param settings under which settings
 * @param windows window by window, at least one
 * @param turnGaps how many hand-offs lay between two turns of one worker, over all windows
 */
public record BenchResult(BenchSettings settings, List<Window> windows, Histogram turnGaps) {
  /** Copies the list. */
  public BenchResult {
    windows = List.copyOf(windows);
  }

  /** Pairs (or hand-offs) in a second. */
  public Measured pairsPerSecond() {
    return Measured.over(windows, Window::pairsPerSecond);
  }

  /**
   * Milliseconds that acquiring took.
   *
   * @param percentile 0 to 100
   */
  public Measured acquireMillis(double percentile) {
    return Measured.over(windows, window -> window.acquireMillis(percentile));
  }

  /** The longest acquiring of all windows, in milliseconds. */
  public double acquireMillisMax() {
    return windows.stream()
        .mapToDouble(window -> window.acquireNanos().getMaxValue() / 1e6)
        .max()
        .orElse(Double.NaN);
  }

  /** Microseconds of the servers' CPU time for each pair; NaN if unknown. */
  public Measured serverCpuMicros() {
    return Measured.over(windows, Window::serverCpuMicrosPerPair);
  }

  /** Microseconds of this process's CPU time for each pair; NaN if unknown. */
  public Measured clientCpuMicros() {
    return Measured.over(windows, Window::clientCpuMicrosPerPair);
  }

  /** Commits for each pair; NaN if unknown. */
  public Measured commitsPerPair() {
    return Measured.over(windows, Window::commitsPerPair);
  }
}
