package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Mode;
import dev.holdfast.server.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starts that cannot work: each ends with its own code and a line that says what to do next. */
@Timeout(120)
final class BadStartTest {
  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void a_port_in_use_is_named() throws IOException {
    RealCluster cluster = clusters.prepare(1);
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.clientPort("n1")));
      requireRefusal(
          cluster.start("n1"),
          ExitCode.PORT_IN_USE,
          cluster.endpoint("n1"),
          "end the process that uses it, or set another address");
    }
    assertThat(cluster.data("n1")).as("data of a node that could not start").doesNotExist();
    cluster.startAll();
  }

  @Test
  void a_second_process_on_the_same_data_is_refused_and_harms_nothing() throws Exception {
    RealCluster cluster = clusters.start(1);
    RealCluster second = clusters.prepare(1);
    Files.writeString(
        second.configuration("n1"),
        Files.readString(second.configuration("n1"))
            .replace(second.data("n1").toString(), cluster.data("n1").toString()));
    requireRefusal(second.start("n1"), ExitCode.DATA_REFUSED, cluster.data("n1").toString());
    assertThat(cluster.client().preempt("still/works").isGranted()).isTrue();
  }

  @Test
  void the_data_of_another_node_are_refused() throws Exception {
    RealCluster cluster = clusters.prepare(2);
    cluster.startAll();
    cluster.killAll();
    cluster.wipe("n2");
    Files.move(cluster.data("n1"), cluster.data("n2"), StandardCopyOption.ATOMIC_MOVE);
    requireRefusal(
        cluster.start("n2"), ExitCode.DATA_REFUSED, cluster.data("n2").toString(), "n1", "n2");
  }

  @Test
  void a_misspelt_key_is_named_with_the_one_that_was_meant() throws IOException {
    RealCluster cluster = clusters.prepare(1);
    Files.writeString(
        cluster.configuration("n1"), "limits:\n  sesions-max: 5\n", StandardOpenOption.APPEND);
    requireRefusal(
        cluster.start("n1"),
        ExitCode.CONFIGURATION,
        cluster.configuration("n1").toString(),
        "sesions-max",
        "sessions-max");
  }

  @Test
  void a_damaged_snapshot_is_refused_with_its_file() throws Exception {
    RealCluster cluster = clusters.start(1);
    assertThat(cluster.client().preempt(AcquireRequest.of("in/the/snapshot", Mode.X)).isGranted())
        .isTrue();
    cluster.admin().snapshot(cluster.endpoint("n1"));
    cluster.kill("n1");
    List<Path> snapshots = Folders.named(cluster.data("n1").resolve("snapshots"), "state");
    assertThat(snapshots).isNotEmpty();
    snapshots.forEach(Folders::damage);
    requireRefusal(cluster.start("n1"), ExitCode.DATA_REFUSED, snapshots.getLast().toString());
  }

  private static void requireRefusal(JavaProcess process, ExitCode code, String... said) {
    int exit = process.awaitExit();
    String lastLine = process.output().lines().reduce("", (before, line) -> line);
    assertThat(lastLine).startsWith("holdfast server: ").contains(said);
    assertThat(exit).as(process.output()).isEqualTo(code.number());
  }
}
