package dev.holdfast.server.metrics;

import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.host.NodeMeter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The figures of one node, over HTTP. What happens is counted where it happens, without a lock
 * ({@link EventMeter}); how the node stands is read when somebody asks ({@link StandingCollector}),
 * from what the node has published, never by asking its thread.
 */
public final class NodeMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final EventMeter meter = new EventMeter(registry);
  private final Path data;
  private final MetricsServer server;

  /**
   * Figures that nobody can ask for yet.
   *
   * @param data the node's data directory, the size of which is told
   */
  public NodeMetrics(String nodeId, PeerAddress address, Path data) {
    this.data = data;
    this.server = new MetricsServer(nodeId, address, registry);
  }

  /** What the node has to tell as it runs. */
  public NodeMeter meter() {
    return meter;
  }

  /**
   * Answers from now on.
   *
   * @throws IOException if the port cannot be bound
   */
  public void start(NodeHost node, NodeFacts facts) throws IOException {
    registry.register(new StandingCollector(node, facts, data));
    ProcessMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    server.start();
  }

  /** Answers nobody any more. */
  public void stop() {
    server.stop();
  }
}
