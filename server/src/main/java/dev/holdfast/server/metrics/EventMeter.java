package dev.holdfast.server.metrics;

import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.server.host.NodeMeter;
import dev.holdfast.server.node.AppliedEntry;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * Counts what a node does, on the threads that do it: adders, of which none waits for another or
 * for a scrape.
 */
final class EventMeter implements NodeMeter {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] COMMIT_SECONDS = {
    0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5
  };
  private static final double[] APPLY_SECONDS = {
    0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.1, 1
  };

  private final MapCounters map;
  private final CounterDataPoint entriesApplied;
  private final CounterDataPoint proposalsUnknown;
  private final CounterDataPoint forwarded;
  private final CounterDataPoint forwardsTaken;
  private final Gauge inFlight;
  private final DistributionDataPoint commits;
  private final DistributionDataPoint applications;

  EventMeter(PrometheusRegistry registry) {
    map = new MapCounters(registry);
    entriesApplied =
        counter(
            registry,
            "holdfast_entries_applied_total",
            "Log entries that this node's map applied since the node started.");
    proposalsUnknown =
        counter(
            registry,
            "holdfast_proposals_unknown_total",
            "Log entries of this node whose fate was unknown, as at a change of the leader.");
    forwarded =
        counter(
            registry,
            "holdfast_commands_forwarded_total",
            "Commands that this node sent on to the leader, each sending counted.");
    forwardsTaken =
        counter(
            registry,
            "holdfast_commands_taken_total",
            "Commands of other nodes' clients that arrived at this node, to be put into the log.");
    inFlight =
        Gauge.builder()
            .name("holdfast_proposals_in_flight")
            .help("Log entries of this node of which it is not known yet whether they commit.")
            .withoutExemplars()
            .register(registry);
    commits =
        histogram(
            registry,
            "holdfast_commit_duration_seconds",
            "From handing an entry to the log until it was committed and applied by this node.",
            COMMIT_SECONDS);
    applications =
        histogram(
            registry,
            "holdfast_apply_duration_seconds",
            "How long the map took to apply a log entry.",
            APPLY_SECONDS);
  }

  static CounterDataPoint counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).withoutExemplars().register(registry);
  }

  private static DistributionDataPoint histogram(
      PrometheusRegistry registry, String name, String help, double[] upperBounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(upperBounds)
        .withoutExemplars()
        .register(registry);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void onProposed() {
    inFlight.inc();
  }

  @Override
  public void onProposalEnded(ProposalOutcome outcome, long nanos) {
    inFlight.dec();
    switch (outcome) {
      case COMMITTED -> commits.observe(nanos / NANOS_PER_SECOND);
      case OUTCOME_UNKNOWN -> proposalsUnknown.inc();
    }
  }

  @Override
  public void onForwarded(int commands) {
    forwarded.inc(commands);
  }

  @Override
  public void onForwardTaken(int commands) {
    forwardsTaken.inc(commands);
  }

  @Override
  public void onApplied(AppliedEntry entry, long nanos) {
    entriesApplied.inc();
    applications.observe(nanos / NANOS_PER_SECOND);
    entry.applied().events().forEach(map::count);
    entry.applied().outcomes().forEach(map::count);
  }
}
