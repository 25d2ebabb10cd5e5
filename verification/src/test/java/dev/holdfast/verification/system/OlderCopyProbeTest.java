package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.server.ExitCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node comes back with an older copy of its own data, as from a backup. */
@Timeout(300)
final class OlderCopyProbeTest {
  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  /** What is put back. */
  private enum Part {
    ALL(""),
    LOG_AND_VOTES("log"),
    LOG("log/entries");

    private final String folder;

    Part(String folder) {
      this.folder = folder;
    }
  }

  @Test
  void a_node_with_an_older_log_is_not_elected_over_newer_entries() {
    RealCluster cluster = clusters.start(3);
    Acknowledged acknowledged = new Acknowledged(cluster);
    int rounds = Probe.rounds(1);
    for (int round = 0; round < rounds; round++) {
      for (Part part : Part.values()) {
        acknowledged.keep(10);
        String newer = cluster.leader();
        String older = cluster.followers().get(0);
        String away = cluster.followers().get(1);
        Path copy = copy(cluster, older);
        acknowledged.keep(10);
        cluster.kill(away);
        acknowledged.keep(30); // on the disks of these two only
        cluster.kill(newer);
        cluster.kill(older);
        Path place = cluster.data(older).resolve(part.folder);
        Folders.delete(place);
        Folders.copy(copy.resolve(part.folder), place);

        cluster.start(older);
        cluster.start(newer);
        cluster.awaitReady(List.of(older, newer));
        assertThat(cluster.leader()).as("who has all entries").isEqualTo(newer);
        acknowledged.requireAllHeld();
        acknowledged.keep(10);
        cluster.start(away);
        cluster.awaitReady();
        cluster.awaitEqualMaps();
        Folders.delete(copy);
      }
    }
    System.out.printf(
        "older copy: %d rounds, %d acknowledged grants kept%n",
        rounds * Part.values().length, acknowledged.count());
  }

  /** A copy of what a node has on its disk now, made while it is stopped as it should be. */
  private Path copy(RealCluster cluster, String node) {
    cluster.process(node).terminate();
    assertThat(cluster.process(node).awaitExit()).isZero();
    Path copy = clusters.folder().resolve("copy-of-" + node);
    Folders.copy(cluster.data(node), copy);
    cluster.start(node);
    cluster.awaitReady();
    return copy;
  }

  /**
   * What is not noticed: two nodes that know nothing newer are a majority, and for them the time
   * since the copy was made has not been. The one who knows better finds out, and does not go on.
   */
  @Test
  void two_nodes_that_know_nothing_newer_go_on_and_the_one_who_does_ends_itself() {
    RealCluster cluster = clusters.startRelayed(3, "");
    Acknowledged acknowledged = new Acknowledged(cluster);
    acknowledged.keep(10);
    String newer = cluster.leader();
    String older = cluster.followers().get(0);
    String away = cluster.followers().get(1);
    Path copy = copy(cluster, older);
    cluster.kill(away);
    acknowledged.keep(30);
    cluster.network().isolate(newer);
    cluster.kill(older);
    Folders.delete(cluster.data(older));
    Folders.copy(copy, cluster.data(older));
    cluster.start(older);
    cluster.start(away);
    cluster.awaitReady(List.of(older, away));
    try (RawSession session = RawSession.open(cluster.clientPort(older), 600_000)) {
      for (int i = 1; i <= 40; i++) {
        session.send(RawSession.acquire(i, "other/" + i));
        assertThat(session.answers(i, 1)).hasSize(1);
      }
    }

    assertThatThrownBy(acknowledged::requireAllHeld)
        .as("what was acknowledged since the copy was made")
        .hasMessageContaining("nobody holds kept/1/");

    cluster.network().healAll();
    JavaProcess process = cluster.process(newer);
    assertThat(process.awaitExit()).as(process.output()).isEqualTo(ExitCode.DATA_REFUSED.number());
    assertThat(process.output()).contains("an older copy of their data");
    cluster.awaitEqualMaps();
  }
}
