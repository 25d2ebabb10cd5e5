package dev.holdfast.cli.bench;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A result, for people and for programs. */
final class BenchReport {
  /** A line of the table: a window, the median of all, or the spread. */
  private record Row(String name, Function<Figure, String> cell) {}

  /** One figure that is told. */
  private record Figure(
      String field,
      String heading,
      int digits,
      Function<BenchResult, Measured> median,
      Function<Window, Double> ofWindow) {
    String shown(double value) {
      return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }

  private static final List<Figure> FIGURES =
      List.of(
          new Figure(
              "pairs_per_second",
              "PAIRS/S",
              0,
              BenchResult::pairsPerSecond,
              Window::pairsPerSecond),
          new Figure(
              "acquire_p50_ms", "P50 MS", 3, r -> r.acquireMillis(50), w -> w.acquireMillis(50)),
          new Figure(
              "acquire_p99_ms", "P99 MS", 3, r -> r.acquireMillis(99), w -> w.acquireMillis(99)),
          new Figure(
              "acquire_max_ms", "MAX MS", 1, r -> r.acquireMillis(100), w -> w.acquireMillis(100)),
          new Figure(
              "server_cpu_us_per_pair",
              "SERVERS US",
              1,
              BenchResult::serverCpuMicros,
              Window::serverCpuMicrosPerPair),
          new Figure(
              "client_cpu_us_per_pair",
              "CLIENT US",
              1,
              BenchResult::clientCpuMicros,
              Window::clientCpuMicrosPerPair),
          new Figure(
              "commits_per_pair",
              "COMMITS/PAIR",
              3,
              BenchResult::commitsPerPair,
              Window::commitsPerPair));

  private BenchReport() {}

  /** One line that tells under which settings something is, or was, measured. */
  static String settings(BenchSettings settings) {
    return settings.workload()
        + " ("
        + settings.workload().sentence()
        + "): "
        + counted(settings.workers(), "worker")
        + " over "
        + counted(settings.clients(), "session")
        + ", closed loop, warm-up "
        + Durations.format(settings.warmUp().toMillis())
        + ", "
        + counted(settings.windows(), "window")
        + " of "
        + Durations.format(settings.window().toMillis());
  }

  private static String counted(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  /** A window in a few words, while it runs. */
  static String progress(int number, Window window) {
    return String.format(
        Locale.ROOT,
        "window %d: %.0f pairs/s, p50 %.3f ms, p99 %.3f ms",
        number,
        window.pairsPerSecond(),
        window.acquireMillis(50),
        window.acquireMillis(99));
  }

  static void table(Screen screen, BenchResult result) {
    List<Row> rows = new ArrayList<>();
    int number = 0;
    for (Window window : result.windows()) {
      rows.add(
          new Row("window " + ++number, figure -> figure.shown(figure.ofWindow.apply(window))));
    }
    rows.add(new Row("median", figure -> figure.shown(figure.median.apply(result).median())));
    rows.add(new Row("spread", figure -> percent(figure.median.apply(result).spread())));
    Columns<Row> columns = new Columns<Row>().text("", "", Row::name);
    for (Figure figure : FIGURES) {
      columns.rightText(figure.field, figure.heading, row -> row.cell().apply(figure));
    }
    screen.line(settings(result.settings()));
    columns.table(rows, screen).forEach(screen::line);
    if (result.settings().workload() == Workload.W2 && result.turnGaps().getTotalCount() > 0) {
      screen.line(
          "hand-offs between two turns of a worker: median "
              + result.turnGaps().getValueAtPercentile(50)
              + ", p99 "
              + result.turnGaps().getValueAtPercentile(99)
              + ", most "
              + result.turnGaps().getMaxValue());
    }
  }

  static void writeObject(Json json, BenchResult result) {
    BenchSettings settings = result.settings();
    json.startObject()
        .field("workload", settings.workload().name())
        .field("workers", settings.workers())
        .field("sessions", settings.clients())
        .field("warm_up_ms", settings.warmUp().toMillis())
        .field("window_ms", settings.window().toMillis());
    for (Figure figure : FIGURES) {
      Measured measured = figure.median.apply(result);
      json.field(figure.field, orNull(measured.median()));
      json.field(figure.field + "_spread", orNull(measured.spread()));
    }
    json.name("windows").startArray();
    for (Window window : result.windows()) {
      json.startObject().field("pairs", window.pairs());
      for (Figure figure : FIGURES) {
        json.field(figure.field, orNull(figure.ofWindow.apply(window)));
      }
      json.endObject();
    }
    json.endArray();
    json.field("turn_gap_p50", result.turnGaps().getValueAtPercentile(50));
    json.field("turn_gap_p99", result.turnGaps().getValueAtPercentile(99));
    json.field("turn_gap_max", result.turnGaps().getMaxValue());
    json.endObject();
  }

  private static String percent(double part) {
    return Double.isNaN(part) ? "-" : String.format(Locale.ROOT, "%.0f%%", part * 100);
  }

  private static @Nullable Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
