package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.Role;
import dev.holdfast.replication.SnapshotInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureTest {
  @TempDir Path disks;

  @Test
  void exception_in_the_replica_stops_the_node() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      cluster.commit("a");
      cluster.node(1).replica().failAtNextEntry(new IllegalStateException("a bug"));
      CompletableFuture<ProposalOutcome> outcome = cluster.propose(1, "b");
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> cluster.node(1).fatal().contains(ExitCode.APPLY_FAILED));
      assertThat(cluster.node(1).log().status().role()).isEqualTo(Role.STOPPED);
      cluster.stop(1);
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(ProposalOutcome.OUTCOME_UNKNOWN);
    }
  }

  @Test
  void error_while_a_snapshot_is_written_stops_the_node() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      cluster.commit("a");
      cluster.node(1).replica().failInSnapshots(new AssertionError("a bug"));
      CompletableFuture<SnapshotInfo> snapshot = cluster.node(1).log().takeSnapshot();
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> cluster.node(1).fatal().contains(ExitCode.APPLY_FAILED));
      assertThat(snapshot).failsWithin(Duration.ofSeconds(10));
    }
  }

  @Test
  void directory_of_another_node_or_cluster_is_refused() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      cluster.commit("a");
      cluster.stop(1);
      Member other = Member.initial(new NodeId("n9"), TestCluster.freeAddress());
      ReplicationConfig wrongNode =
          ReplicationConfig.of("test", other, List.of(other), cluster.disk(1));
      assertThatThrownBy(() -> cluster.start(9, wrongNode))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("belongs to node 'n1' of cluster 'test'");
      ReplicationConfig wrongCluster =
          ReplicationConfig.of("other", cluster.member(1), cluster.members(), cluster.disk(1));
      assertThatThrownBy(() -> cluster.start(1, wrongCluster))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("cluster 'other'");
    }
  }

  @Test
  void directory_in_use_is_refused() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      assertThatThrownBy(() -> cluster.start(1))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageContaining("used by another process");
      cluster.commit("a");
    }
  }

  @Test
  void lone_commit_reaches_idle_followers_before_the_next_heartbeat() throws Exception {
    // Heartbeats are 600 ms apart here, and each entry is proposed when the one before has
    // arrived: without a word of the leader in between, ten of them would take six seconds.
    try (TestCluster cluster =
        new TestCluster(disks, 3).tuned(config -> config.withElection(3_000, 100)).startAll()) {
      cluster.commit("warm");
      List<Integer> nodes = List.of(1, 2, 3);
      nodes.forEach(node -> cluster.awaitEntries(node, List.of("warm")));
      long start = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        int count = i + 2;
        cluster.commit("lone " + i);
        await()
            .pollInterval(Duration.ofMillis(2))
            .atMost(TestCluster.PATIENCE)
            .until(
                () ->
                    nodes.stream()
                        .allMatch(n -> cluster.node(n).replica().entries().size() == count));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void closing_leaves_no_threads_behind() throws Exception {
    // An engine that refused to start, in another test of this process, leaves some of its own.
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      assertThat(threadsSince(before)).isNotEmpty();
    }
    await()
        .atMost(TestCluster.PATIENCE)
        .untilAsserted(() -> assertThat(threadsSince(before)).isEmpty());
  }

  private static Set<String> threadsSince(Set<Thread> before) {
    Set<String> names = Set.of("n1", "n2", "n3");
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(
            name ->
                names.stream().anyMatch(name::contains)
                    || name.startsWith("JRaft-NodeImpl")
                    || name.startsWith("JRaft-FSMCaller")
                    || name.startsWith("JRaft-LogManager")
                    || name.startsWith("JRaft-ReadOnly"))
        .collect(Collectors.toSet());
  }
}
