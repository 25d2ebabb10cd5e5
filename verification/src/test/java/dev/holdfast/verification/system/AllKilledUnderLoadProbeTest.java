package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All nodes are killed in the middle of the writers' traffic, again and again. */
@Timeout(300)
final class AllKilledUnderLoadProbeTest {
  private static final int WRITERS = 6;
  private static final int PAIRS_BETWEEN_KILLS = 60;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void nothing_acknowledged_is_lost_and_no_token_comes_twice() throws Exception {
    RealCluster cluster = clusters.start(3);
    Acknowledged acknowledged = new Acknowledged(cluster);
    int rounds = Probe.rounds(3);
    int grants;
    try (Writers writers = new Writers(cluster, WRITERS, 3)) {
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> keeping =
          CompletableFuture.runAsync(
              () -> {
                while (!enough.get()) {
                  acknowledged.keep(5);
                }
              });
      for (int round = 0; round < rounds; round++) {
        writers.awaitPairs(PAIRS_BETWEEN_KILLS);
        assertThat(keeping).isNotCompleted();
        cluster.killAll();
        cluster.nodes().forEach(cluster::start);
        cluster.awaitReady();
      }
      writers.awaitPairs(PAIRS_BETWEEN_KILLS);
      enough.set(true);
      keeping.get(RealCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      writers.stop();
      grants = writers.grants();
    }
    acknowledged.requireAllHeld();
    cluster.awaitEqualMaps();
    System.out.printf(
        "all killed under load: %d rounds, %d acknowledged grants of writers, %d kept%n",
        rounds, grants, acknowledged.count());
  }
}
