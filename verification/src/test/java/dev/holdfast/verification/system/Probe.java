package dev.holdfast.verification.system;

import static org.awaitility.Awaitility.await;

import dev.holdfast.client.NodeStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** What the probes of the engine have in common. */
final class Probe {
  private Probe() {}

  /** How often a probe goes round; {@code -Dholdfast.probe.rounds=N} for another number. */
  static int rounds(int usual) {
    return Integer.getInteger("holdfast.probe.rounds", usual);
  }

  /** What a probe leaves to chance; the seed is printed and set by {@code -Dholdfast.seed=N}. */
  static SplittableRandom dice(String probe) {
    long seed = Long.getLong("holdfast.seed", System.nanoTime() & 0xFFFF_FFFFL);
    System.out.println(probe + ": -Dholdfast.seed=" + seed);
    return new SplittableRandom(seed);
  }

  /** Waits until a node says of itself what is wanted, and returns that. */
  static NodeStatus awaitStatus(
      RealCluster cluster, String node, String what, Predicate<NodeStatus> wanted) {
    return await(node + ": " + what)
        .atMost(RealCluster.PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> cluster.status(node), status -> status.filter(wanted).isPresent())
        .orElseThrow();
  }

  static NodeStatus status(RealCluster cluster, String node) {
    Optional<NodeStatus> status = cluster.status(node);
    return status.orElseThrow(() -> new AssertionError(node + " does not answer"));
  }
}
