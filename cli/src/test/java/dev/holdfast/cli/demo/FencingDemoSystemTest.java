package dev.holdfast.cli.demo;

import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every gate that is shipped against a holder that was paused, and the same without it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FencingDemoSystemTest {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static LocalCluster cluster;

  @BeforeAll
  static void start_nodes() throws InterruptedException {
    cluster = Performance.prepare(folder, 3, false);
    cluster.nodes().forEach(LocalNode::start);
    cluster.awaitLeader(Stage.START_PATIENCE);
  }

  @AfterAll
  static void stop_nodes() {
    cluster.close();
  }

  private static PlayedDemo play(String... options) throws Exception {
    return PlayedDemo.on(cluster, folder, "fencing", options);
  }

  /** The gate before HTTP is in {@link SharedClusterDemosSystemTest}, the database's below. */
  @ParameterizedTest
  @ValueSource(strings = {"memory", "file"})
  void a_gate_refuses_the_late_write(String gate) throws Exception {
    play("--gate", gate)
        .succeeded()
        .told("SIGSTOP", "the balance is 150", "refused with status 412", "nothing is lost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "jdbc"})
  void without_a_gate_the_account_is_spoiled(String gate) throws Exception {
    play("--gate", gate, "--without")
        .endedWith(ExitCode.SPOILED)
        .told("looks at no token", "status 200: the balance is 70", "LOST", "Exit code 80");
  }

  /**
   * The driver of its own jar, which is not on the class path of those who have only the command.
   */
  @Test
  void a_database_comes_in_a_jar() throws Exception {
    play("--gate", "jdbc", "--driver", DemoOptionsTest.jarOfH2().toString())
        .succeeded()
        .told("in a database", "refused with status 412", "nothing is lost");
  }

  /** S3-37 as a story: what was begun is rolled back, and the rest of it is refused. */
  @Test
  void a_file_of_the_cluster_rolls_back_and_refuses() throws Exception {
    play("--gate", "cluster")
        .succeeded()
        .told(
            "| opened, 100 left",
            "SIGSTOP",
            "what withdrawer had begun was rolled back before",
            "| opened, 100 left",
            "| deposit 50, 150 left",
            "refused by the cluster",
            "whole lines only");
  }

  @Test
  void a_file_without_a_gate_is_spoiled() throws Exception {
    play("--gate", "cluster", "--without")
        .endedWith(ExitCode.SPOILED)
        .told(
            "what withdrawer had begun is still there",
            "| withdraw 30, deposit 50, 150 left",
            "| 70 left",
            "LOST",
            "Exit code 80");
  }
}
