package dev.holdfast.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private final StringWriter out = new StringWriter();
  private final Screen screen =
      new Screen(new PrintWriter(out, true), new PrintWriter(new StringWriter()), false, false);

  private static Window window(long pairs, long acquireMicros, long serverCpuMicros, long entries) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(acquireMicros * 1_000, pairs);
    return new Window(
        2_000_000_000L,
        pairs,
        histogram,
        serverCpuMicros < 0 ? -1 : serverCpuMicros * 1_000 * pairs,
        20_000 * pairs,
        entries);
  }

  private static BenchResult result(Workload workload, long... rates) {
    List<Window> windows =
        java.util.Arrays.stream(rates)
            .mapToObj(
                rate -> window(2 * rate, 100 + rate, workload == Workload.W1 ? 50 : -1, 2 * rate))
            .toList();
    Turns turns = new Turns(2);
    for (int i = 0; i < 10; i++) {
      turns.taken(i % 2);
    }
    return new BenchResult(
        new BenchSettings(
            workload, 2, 1, Duration.ofSeconds(20), rates.length, Duration.ofSeconds(2)),
        windows,
        turns.takeGaps());
  }

  @Test
  void the_median_is_the_middle_and_the_spread_is_from_least_to_most() {
    Measured odd = result(Workload.W1, 100, 300, 200).pairsPerSecond();
    assertThat(odd.median()).isEqualTo(200);
    assertThat(odd.spread()).isEqualTo(1.0);
    Measured even = result(Workload.W1, 100, 300).pairsPerSecond();
    assertThat(even.median()).isEqualTo(200);
    assertThat(result(Workload.W1, 100).pairsPerSecond().spread()).isZero();
    assertThat(odd.median()).isCloseTo(200, within(0.001));
  }

  @Test
  void the_table_has_a_line_for_each_window_the_median_and_the_spread() {
    BenchReport.table(screen, result(Workload.W1, 1_000, 2_000, 1_500));
    assertThat(out)
        .hasToString(
            """
            W1 (each worker has a lock of its own): 2 workers over 1 session, closed loop, warm-up 20.0s, 3 windows of 2.0s
                      PAIRS/S  P50 MS  P99 MS  MAX MS  SERVERS US  CLIENT US  COMMITS/PAIR
            window 1     1000   1.101   1.101     1.1        50.0       20.0         1.000
            window 2     2000   2.101   2.101     2.1        50.0       20.0         1.000
            window 3     1500   1.601   1.601     1.6        50.0       20.0         1.000
            median       1500   1.601   1.601     1.6        50.0       20.0         1.000
            spread        67%     63%     63%     63%          0%         0%            0%
            """);
  }

  @Test
  void what_is_unknown_is_a_dash_and_fairness_is_told_for_one_lock() {
    BenchReport.table(screen, result(Workload.W2, 1_000));
    assertThat(out.toString())
        .contains("window 1     1000   1.101   1.101     1.1           -       20.0         1.000")
        .contains("hand-offs between two turns of a worker: median 2, p99 2, most 2");
  }

  @Test
  void json_has_settings_medians_spreads_and_windows() {
    try (Json json = new Json(screen)) {
      BenchReport.writeObject(json, result(Workload.W2, 1_000));
    }
    assertThat(out.toString())
        .contains("\"workload\" : \"W2\"")
        .contains("\"workers\" : 2")
        .contains("\"warm_up_ms\" : 20000")
        .contains("\"pairs_per_second\" : 1000.0")
        .contains("\"pairs_per_second_spread\" : 0.0")
        .contains("\"server_cpu_us_per_pair\" : null")
        .contains("\"turn_gap_max\" : 2");
  }
}
