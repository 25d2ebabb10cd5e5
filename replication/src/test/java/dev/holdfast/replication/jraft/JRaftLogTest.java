package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadOutcome;
import dev.holdfast.replication.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JRaftLogTest {
  @TempDir Path disks;

  @Test
  void single_node_leads_at_once() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      assertThat(cluster.awaitLeader()).isEqualTo(1);
      cluster.commit("a");
      assertThat(cluster.node(1).replica().entries()).containsExactly("a");
      assertThat(cluster.read(1).get(5, TimeUnit.SECONDS)).isEqualTo(ReadOutcome.APPLIED);
    }
  }

  @Test
  void entries_are_applied_everywhere_in_the_order_of_the_log() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      int leader = cluster.awaitLeader();
      List<CompletableFuture<ProposalOutcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        outcomes.add(cluster.propose(leader, "entry " + i));
      }
      for (CompletableFuture<ProposalOutcome> outcome : outcomes) {
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(ProposalOutcome.COMMITTED);
      }
      List<String> expected = IntStream.range(0, 500).mapToObj(i -> "entry " + i).toList();
      for (int node = 1; node <= 3; node++) {
        cluster.awaitEntries(node, expected);
      }
    }
  }

  @Test
  void another_node_leads_when_the_leader_stops_and_the_old_one_catches_up() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      int first = cluster.awaitLeader();
      cluster.commit("a");
      cluster.stop(first);
      int second = cluster.awaitLeader();
      assertThat(second).isNotEqualTo(first);
      cluster.commit("b");
      cluster.start(first);
      cluster.awaitEntries(first, List.of("a", "b"));
    }
  }

  @Test
  void proposal_of_another_term_is_not_appended() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 1).startAll()) {
      cluster.awaitLeader();
      TestCluster.Running node = cluster.node(1);
      CompletableFuture<ProposalOutcome> outcome = new CompletableFuture<>();
      node.log().propose(node.replica().gainedTerm() - 1, new byte[] {'x'}, outcome::complete);
      assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo(ProposalOutcome.OUTCOME_UNKNOWN);
      cluster.commit("a");
      assertThat(node.replica().entries()).containsExactly("a");
    }
  }

  @Test
  void everything_is_there_after_all_nodes_restart() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.awaitLeader();
      cluster.commit("a");
      for (int node = 1; node <= 3; node++) {
        cluster.stop(node);
      }
      cluster.startAll();
      cluster.commit("b");
      for (int node = 1; node <= 3; node++) {
        cluster.awaitEntries(node, List.of("a", "b"));
      }
    }
  }

  @Test
  void read_on_a_follower_sees_what_was_committed_before_it() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      int follower = cluster.aFollower();
      assertThat(cluster.read(follower).get(5, TimeUnit.SECONDS)).isEqualTo(ReadOutcome.APPLIED);
      assertThat(cluster.node(follower).replica().entries()).containsExactly("a");
    }
  }

  @Test
  void no_read_is_answered_without_a_majority() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      int leader = cluster.awaitLeader();
      for (int node = 1; node <= 3; node++) {
        if (node != leader) {
          cluster.stop(node);
        }
      }
      assertThat(cluster.read(leader).get(5, TimeUnit.SECONDS)).isEqualTo(ReadOutcome.FAILED);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> cluster.node(leader).log().status().role() != Role.LEADER);
      assertThat(cluster.read(leader).get(5, TimeUnit.SECONDS)).isEqualTo(ReadOutcome.FAILED);
    }
  }

  @Test
  void leadership_goes_where_it_is_sent() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      int follower = cluster.aFollower();
      cluster.commit("a");
      cluster.awaitEntries(follower, List.of("a"));
      cluster.node(cluster.awaitLeader()).log().transferLeadership(TestCluster.id(follower));
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> cluster.node(follower).replica().gainedTerm() > 0);
      assertThat(cluster.node(follower).log().status().leader())
          .isEqualTo(TestCluster.id(follower));
    }
  }
}
