package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A follower that is so far behind that it needs a snapshot is killed while it gets it and right
 * after, and has the same map in the end.
 */
@Timeout(300)
final class SnapshotProbeTest {
  private static final int BULKY_REQUESTS = 100;

  /** Of the snapshot, when the follower is killed. */
  private static final double[] PARTS = {0.1, 0.5, 0.95};

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void a_follower_killed_while_it_installs_a_snapshot_catches_up_all_the_same() {
    RealCluster cluster = clusters.startRelayed(3, "");
    Acknowledged acknowledged = new Acknowledged(cluster);
    acknowledged.keep(20);
    String behind = cluster.followers().get(0);
    cluster.kill(behind);
    long bytes = cutLog(cluster, acknowledged);
    String leader = cluster.leader();

    for (double part : PARTS) {
      cluster.network().allow(leader, behind, (long) (bytes * part));
      cluster.start(behind);
      await("so much of the snapshot has passed")
          .atMost(RealCluster.PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> cluster.network().isUsedUp(leader, behind));
      cluster.kill(behind);
      assertThat(snapshots(cluster, behind)).as("snapshots after " + part).isEmpty();
      cluster.network().healAll();
    }

    cluster.start(behind);
    await("the snapshot is in its place")
        .atMost(RealCluster.PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> !snapshots(cluster, behind).isEmpty());
    cluster.kill(behind);
    acknowledged.keep(10);
    cluster.start(behind);
    cluster.awaitReady();
    List<NodeStatus> equal = cluster.awaitEqualMaps();

    cluster.kill(behind);
    cluster.start(behind);
    cluster.awaitReady();
    assertThat(cluster.awaitEqualMaps()).hasSameSizeAs(equal);
    // From here on its log and its map are needed.
    String other =
        cluster.followers().stream().filter(each -> !each.equals(behind)).findFirst().orElseThrow();
    cluster.kill(other);
    acknowledged.keep(10);
    cluster.kill(leader);
    cluster.start(other);
    cluster.awaitReady(List.of(behind, other));
    acknowledged.keep(10);
    acknowledged.requireAllHeld();
    cluster.start(leader);
    cluster.awaitReady();
    cluster.awaitEqualMaps();
    System.out.printf(
        "snapshot: %d bytes, killed %d times, %d acknowledged locks kept%n",
        bytes, PARTS.length + 2, acknowledged.count());
  }

  /**
   * Has the running nodes write snapshots until none needs its log from the beginning on, and
   * returns how large the last one is. The log is kept back to the snapshot before the last.
   */
  private static long cutLog(RealCluster cluster, Acknowledged acknowledged) {
    acknowledged.keepBulky(BULKY_REQUESTS);
    long bytes = 0;
    for (int i = 0; i < 3; i++) {
      acknowledged.keep(10);
      for (String node : cluster.running()) {
        bytes = cluster.admin().snapshot(cluster.endpoint(node)).bytes();
      }
    }
    return bytes;
  }

  private static List<Path> snapshots(RealCluster cluster, String node) {
    try (Stream<Path> files = Files.list(cluster.data(node).resolve("snapshots"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("snapshot_")).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
