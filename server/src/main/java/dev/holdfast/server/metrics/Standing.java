package dev.holdfast.server.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The figures of one scrape, as they are gathered. */
final class Standing {
  private static final String TOTAL = "_total";

  private final List<MetricSnapshot> gathered = new ArrayList<>();

  void add(MetricSnapshot snapshot) {
    gathered.add(snapshot);
  }

  void gauge(String name, String help, long value) {
    add(
        GaugeSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(GaugeDataPointSnapshot.builder().value((double) value).build())
            .build());
  }

  /** One figure for each thing, told apart by a label. */
  <T> void gauges(
      String name,
      String help,
      String label,
      List<T> things,
      Function<T, String> named,
      ToLongFunction<T> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    for (T each : things) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of(label, named.apply(each)))
              .value((double) value.applyAsLong(each))
              .build());
    }
    add(gauge.build());
  }

  void counter(String name, String help, long value) {
    add(
        counter(name, help)
            .dataPoint(CounterDataPointSnapshot.builder().value((double) value).build())
            .build());
  }

  /** One figure for each thing, told apart by a label. */
  <T> void counters(
      String name,
      String help,
      String label,
      List<T> things,
      Function<T, String> named,
      ToLongFunction<T> value) {
    CounterSnapshot.Builder counter = counter(name, help);
    for (T each : things) {
      counter.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(Labels.of(label, named.apply(each)))
              .value((double) value.applyAsLong(each))
              .build());
    }
    add(counter.build());
  }

  /** The library adds the end of the name again. */
  private static CounterSnapshot.Builder counter(String name, String help) {
    return CounterSnapshot.builder()
        .name(name.substring(0, name.length() - TOTAL.length()))
        .help(help);
  }

  MetricSnapshots snapshots() {
    return new MetricSnapshots(gathered);
  }
}
