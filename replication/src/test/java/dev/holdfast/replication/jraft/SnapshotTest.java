package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.SnapshotInfo;
import dev.holdfast.replication.SnapshotPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  @TempDir Path disks;
  private int copies;

  @Test
  void node_that_was_away_for_longer_than_the_log_gets_a_snapshot() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      List<String> expected = new ArrayList<>();
      cluster.commit("before");
      expected.add("before");
      int away = cluster.aFollower();
      cluster.stop(away);
      // Two snapshots, since the log is kept back to the one before the last.
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++) {
          cluster.commit(round + "." + i);
          expected.add(round + "." + i);
        }
        for (int node = 1; node <= 3; node++) {
          if (node != away) {
            cluster.awaitEntries(node, expected);
            cluster.node(node).log().takeSnapshot().get(10, TimeUnit.SECONDS);
          }
        }
      }
      cluster.start(away);
      cluster.awaitEntries(away, expected);
      assertThat(SnapshotFolders.lastIndex(cluster.disk(away))).isPositive();
    }
  }

  @Test
  void policy_takes_snapshots_and_a_restart_begins_with_the_last() throws Exception {
    try (TestCluster cluster =
        new TestCluster(disks, 1)
            .tuned(
                config ->
                    config.withSnapshots(new SnapshotPolicy(10, 1 << 20, Duration.ofHours(1))))
            .startAll()) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        cluster.commit("entry " + i);
        expected.add("entry " + i);
      }
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> SnapshotFolders.lastIndex(cluster.disk(1)) > 10);
      cluster.stop(1);
      cluster.start(1);
      cluster.awaitEntries(1, expected);
    }
  }

  @Test
  void damaged_snapshot_is_refused_by_name() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      cluster.commit("a");
      SnapshotInfo snapshot = cluster.node(1).log().takeSnapshot().get(10, TimeUnit.SECONDS);
      cluster.stop(1);
      byte[] bytes = Files.readAllBytes(snapshot.file());
      bytes[12] ^= 1;
      Files.write(snapshot.file(), bytes);
      assertThatThrownBy(() -> cluster.start(1))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining(snapshot.file().toString())
          .hasMessageContaining("checksum");
    }
  }

  /**
   * The engine notes beside each snapshot behind which entry the log goes on. It would skip what is
   * between the two indexes, or apply it twice, and take a snapshot without notes for none.
   */
  @Test
  void damaged_notes_of_the_engine_are_refused_by_name() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      for (int i = 0; i < 20; i++) {
        cluster.commit("entry " + i);
      }
      SnapshotInfo snapshot = cluster.node(1).log().takeSnapshot().get(10, TimeUnit.SECONDS);
      cluster.commit("later");
      cluster.stop(1);
      Path notes =
          cluster.disk(1).relativize(snapshot.file().resolveSibling("__raft_snapshot_meta"));
      byte[] sound = Files.readAllBytes(cluster.disk(1).resolve(notes));
      for (int at = 0; at < sound.length; at += 4) {
        byte[] flipped = sound.clone();
        flipped[at] ^= 4;
        assertNotesRefused(cluster, notes, flipped);
      }
      assertNotesRefused(cluster, notes, new byte[0]);
      assertNotesRefused(cluster, notes, null);
      cluster.start(1);
      cluster.commit("after");
      assertThat(cluster.node(1).replica().entries()).hasSize(22).endsWith("later", "after");
    }
  }

  private void assertNotesRefused(TestCluster cluster, Path notes, byte @Nullable [] content)
      throws IOException {
    Path copy = disks.resolve("copy" + ++copies);
    try (Stream<Path> files = Files.walk(cluster.disk(1))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(cluster.disk(1).relativize(file)));
      }
    }
    if (content == null) {
      Files.delete(copy.resolve(notes));
    } else {
      Files.write(copy.resolve(notes), content);
    }
    ReplicationConfig config =
        ReplicationConfig.of("test", cluster.member(1), cluster.members(), copy);
    assertThatThrownBy(() -> cluster.start(1, config))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining(copy.resolve(notes).toString())
        .hasMessageContaining("damaged");
  }
}
