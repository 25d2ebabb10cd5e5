package dev.holdfast.cli.bench;

import org.HdrHistogram.Histogram;

/**
 * What was counted in one window.
 *
 * @param nanos its length as measured
 * @param pairs how many times a lock was acquired and released
 * @param acquireNanos how long each acquiring took
 * @param serverCpuNanos CPU time of the servers; -1 if unknown
 * @param clientCpuNanos CPU time of this process; -1 if unknown
 * @param entries commits; -1 if unknown
 */
public record Window(
    long nanos,
    long pairs,
    Histogram acquireNanos,
    long serverCpuNanos,
    long clientCpuNanos,
    long entries) {

  /** Pairs in a second. */
  public double pairsPerSecond() {
    return pairs * 1e9 / nanos;
  }

  /**
   * A percentile of the time that acquiring took, in milliseconds.
   *
   * @param percentile 0 to 100
   */
  public double acquireMillis(double percentile) {
    return acquireNanos.getValueAtPercentile(percentile) / 1e6;
  }

  /** Microseconds of the servers' CPU time for each pair; NaN if unknown. */
  public double serverCpuMicrosPerPair() {
    return perPair(serverCpuNanos) / 1e3;
  }

  /** Microseconds of this process's CPU time for each pair; NaN if unknown. */
  public double clientCpuMicrosPerPair() {
    return perPair(clientCpuNanos) / 1e3;
  }

  /** Commits for each pair; NaN if unknown. */
  public double commitsPerPair() {
    return perPair(entries);
  }

  private double perPair(long counted) {
    return counted < 0 || pairs == 0 ? Double.NaN : (double) counted / pairs;
  }
}
