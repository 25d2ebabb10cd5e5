package dev.holdfast.cli.bench;

import java.time.Duration;

/**
 * What is measured and how; printed with every result, since a figure without its settings is no
 * figure.
 *
 * @param workload what the workers do
 * @param workers how many, 1 to 100,000
 * @param clients over how many sessions they are spread, 1 to {@code workers}
 * @param warmUp load without measuring
 * @param windows how many windows are measured, 1 to 1,000
 * @param window the length of each
 */
public record BenchSettings(
    Workload workload, int workers, int clients, Duration warmUp, int windows, Duration window) {
  /** Refuses settings under which nothing could be measured. */
  public BenchSettings {
    require(workers >= 1 && workers <= 100_000, "workers must be 1 to 100000, not " + workers);
    require(
        clients >= 1 && clients <= workers,
        "clients must be 1 to the number of workers (" + workers + ")");
    require(!warmUp.isNegative(), "the warm-up cannot be negative");
    require(windows >= 1 && windows <= 1_000, "windows must be 1 to 1000, not " + windows);
    require(window.toMillis() >= 1, "a window must be at least 1ms long");
  }

  private static void require(boolean truth, String otherwise) {
    if (!truth) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
