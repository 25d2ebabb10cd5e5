package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.server.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two processes that run as one node of one cluster, as with a copied data folder. */
@Timeout(240)
final class SecondProcessTest {
  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void a_copy_of_a_node_that_runs_is_refused_and_so_is_an_empty_disk_and_the_cluster_goes_on()
      throws InterruptedException {
    RealCluster cluster = clusters.start(3);
    assertThat(cluster.client().preempt("before").isGranted()).isTrue();
    String node = cluster.followers().get(0);
    Path data = copyOf(cluster, node);
    cluster.start(node);
    cluster.awaitReady();

    for (Path disk : List.of(data, clusters.folder().resolve("empty"))) {
      JavaProcess second = startElsewhere(cluster, node, disk);
      assertThat(second.awaitExit())
          .as(second.output())
          .isEqualTo(ExitCode.NODE_ID_IN_USE.number());
      assertThat(lastLine(second))
          .startsWith("holdfast server: node " + node + " of cluster system-test runs already")
          .contains("hears process", "at " + cluster.peerAddress(node), "from 127.0.0.1:")
          .contains("stop the other and start this one again");
    }
    assertThat(cluster.running()).hasSize(3);
    cluster.kill(cluster.leader());
    cluster.awaitReady(cluster.running());
    assertThat(cluster.client().preempt("after").isGranted()).isTrue();
  }

  @Test
  void a_node_that_was_killed_comes_back_and_nobody_takes_it_for_another() throws IOException {
    RealCluster cluster = clusters.start(3);
    for (String node : cluster.nodes()) {
      cluster.kill(node);
      cluster.start(node);
      cluster.awaitReady();
    }
    for (String node : cluster.nodes()) {
      assertThat(Files.readString(cluster.log(node))).doesNotContain("second process");
    }
  }

  @Test
  void the_one_that_the_others_no_longer_heard_ends_when_it_comes_back() {
    RealCluster cluster = clusters.start(3);
    String node = cluster.followers().get(0);
    Path data = copyOf(cluster, node);
    cluster.start(node);
    cluster.awaitReady();
    cluster.process(node).pause();
    JavaProcess second = startElsewhere(cluster, node, data);
    await("the others take the second one")
        .atMost(RealCluster.PATIENCE)
        .until(() -> second.output().contains("peers at"));

    cluster.process(node).resume();
    assertThat(cluster.process(node).awaitExit())
        .as(cluster.process(node).output())
        .isEqualTo(ExitCode.NODE_ID_IN_USE.number());
    assertThat(lastLine(cluster.process(node))).contains("runs already", "hears process");
    assertThat(second.isAlive()).isTrue();
    second.kill();
    cluster.start(node);
    cluster.awaitReady();
  }

  @Test
  void a_copy_that_is_configured_at_another_address_is_refused_by_its_own_log() throws IOException {
    RealCluster cluster = clusters.start(3);
    String node = cluster.followers().get(0);
    Path data = copyOf(cluster, node);
    Path moved = clusters.folder().resolve("moved.yaml");
    String address = "127.0.0.1:" + Ports.next();
    Files.writeString(
        moved,
        Files.readString(cluster.configuration(node))
            .replace(cluster.peerAddress(node), address)
            .replace(cluster.endpoint(node), "127.0.0.1:" + Ports.next())
            .replace(cluster.data(node).toString(), data.toString()));
    JavaProcess copy =
        JavaProcess.start(
            clusters.folder().resolve("moved.log"),
            "dev.holdfast.server.Main",
            List.of("--config", moved.toString()));
    assertThat(copy.awaitExit()).as(copy.output()).isEqualTo(ExitCode.DATA_REFUSED.number());
    assertThat(lastLine(copy))
        .contains(data.toString(), "is a member at " + cluster.peerAddress(node), address);
  }

  /** What a node has on its disk, copied while it is stopped as it should be; it stays stopped. */
  private Path copyOf(RealCluster cluster, String node) {
    cluster.process(node).terminate();
    assertThat(cluster.process(node).awaitExit()).isZero();
    Path copy = clusters.folder().resolve("copy-of-" + node);
    Folders.copy(cluster.data(node), copy);
    return copy;
  }

  /** As on another machine: the same configuration, other ports, another disk. */
  private JavaProcess startElsewhere(RealCluster cluster, String node, Path data) {
    return JavaProcess.start(
        clusters.folder().resolve("second-on-" + data.getFileName() + ".log"),
        "dev.holdfast.server.Main",
        List.of(
            "--config",
            cluster.configuration(node).toString(),
            "--set",
            "data=" + data,
            "--set",
            "peer.bind=127.0.0.1:" + Ports.next(),
            "--set",
            "client.bind=127.0.0.1:" + Ports.next()));
  }

  private static String lastLine(JavaProcess process) {
    return process.output().lines().reduce("", (before, line) -> line);
  }
}
