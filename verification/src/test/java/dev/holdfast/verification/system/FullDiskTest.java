package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.server.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node whose disk takes no more stops instead of answering wrong, the others go on, and with room
 * again it is back with what it had.
 */
@Timeout(180)
final class FullDiskTest {
  /** Locks with long names in one request: some 30 KiB of log. */
  private static final int LOCKS_PER_REQUEST = 60;

  private static final int REQUESTS_MAX = 2_000;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void a_node_that_may_write_no_more_stops_and_comes_back_with_room() throws Exception {
    if (!works(List.of("prlimit", "--version"))) {
      System.out.println("FullDiskTest: prlimit (of util-linux) is not there; nothing was tested");
      return;
    }
    RealCluster cluster = clusters.start(3);
    Holdfast client = cluster.client();
    LockGrant kept = client.preempt(AcquireRequest.of("kept", Mode.X)).grant().orElseThrow();
    String full = cluster.followers().get(0);
    cluster.process(full).limitFileBytes(3 << 20);

    writeUntilItEnds(cluster, client, full);
    requireDiskFailed(cluster.process(full));
    assertThat(client.preempt("the/others/go/on").isGranted()).isTrue();

    cluster.start(full);
    cluster.awaitReady();
    assertThat(cluster.awaitEqualMaps()).hasSize(3);
    assertThat(kept.isHeld()).isTrue();
    kept.release();
  }

  /** A file system of 24 MiB of its own, where the system lets us mount one. */
  @Test
  void a_node_on_a_full_file_system_stops() throws Exception {
    RealCluster cluster = clusters.prepare(1);
    Path disk = Files.createDirectories(cluster.data("n1"));
    List<String> onSmallDisk =
        List.of(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=24m tmpfs '" + disk + "' && exec \"$@\"",
            "sh");
    if (!works(Stream.concat(onSmallDisk.stream(), Stream.of("true")).toList())) {
      System.out.println(
          "FullDiskTest: no small file system here, because `unshare --mount` or mounting tmpfs is"
              + " not permitted; the test with a limited file size covers what follows from it");
      return;
    }
    cluster.start("n1", onSmallDisk);
    cluster.awaitReady();
    Holdfast client = cluster.client();
    try {
      writeUntilItEnds(cluster, client, "n1");
    } catch (HoldfastException noAnswer) {
      assertThat(cluster.process("n1").awaitExit()).isNotZero();
    }
    requireDiskFailed(cluster.process("n1"));
  }

  private static void writeUntilItEnds(RealCluster cluster, Holdfast client, String node)
      throws InterruptedException {
    for (int i = 0; cluster.process(node).isAlive(); i++) {
      assertThat(i).as("requests until the disk is full").isLessThan(REQUESTS_MAX);
      AcquireRequest large = AcquireRequest.of(longName(i, 0), Mode.X);
      for (int lock = 1; lock < LOCKS_PER_REQUEST; lock++) {
        large = large.and(longName(i, lock), Mode.X);
      }
      client.preempt(large).grant().orElseThrow().release();
    }
  }

  private static String longName(int request, int lock) {
    return "large/" + request + "/" + lock + "/" + "x".repeat(480);
  }

  private static void requireDiskFailed(JavaProcess process) {
    int exit = process.awaitExit();
    assertThat(exit).as(process.output()).isEqualTo(ExitCode.DISK_FAILED.number());
    assertThat(process.output()).containsIgnoringCase("disk");
  }

  private static boolean works(List<String> command) throws InterruptedException {
    try {
      Process probe =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }
}
