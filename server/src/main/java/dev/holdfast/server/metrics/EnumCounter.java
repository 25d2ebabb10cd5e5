package dev.holdfast.server.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.EnumMap;

/** Counts each constant of an enum by itself; those that never happened are told as 0. */
final class EnumCounter<E extends Enum<E>> {
  private final Counter counter;
  private final EnumMap<E, CounterDataPoint> points;

  EnumCounter(
      PrometheusRegistry registry, String name, String help, String label, Collection<E> known) {
    counter =
        Counter.builder()
            .name(name)
            .help(help)
            .labelNames(label)
            .withoutExemplars()
            .register(registry);
    points = new EnumMap<>(known.iterator().next().getDeclaringClass());
    known.forEach(each -> points.put(each, counter.labelValues(each.name())));
  }

  void count(E constant) {
    CounterDataPoint point = points.get(constant);
    (point == null ? counter.labelValues(constant.name()) : point).inc();
  }
}
