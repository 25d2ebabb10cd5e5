package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.Member;
import dev.holdfast.replication.MembershipException;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
  @TempDir Path disks;

  @Test
  void wiped_node_waits_and_comes_back_by_one_call() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      int lost = cluster.aFollower();
      cluster.stop(lost);
      cluster.wipe(lost);
      cluster.commit("b");
      cluster.start(lost);
      awaitRole(cluster, lost, Role.WAITING_TO_JOIN);

      NodeId name = TestCluster.id(lost);
      List<Member> members = cluster.changeMembers(log -> log.replaceMember(name));

      assertThat(members).extracting(Member::id).contains(name).hasSize(3);
      assertThat(members)
          .filteredOn(member -> member.id().equals(name))
          .singleElement()
          .satisfies(member -> assertThat(member.incarnation()).isPositive());
      cluster.awaitEntries(lost, List.of("a", "b"));
      cluster.stop(lost);
      cluster.start(lost);
      cluster.commit("c");
      cluster.awaitEntries(lost, List.of("a", "b", "c"));
    }
  }

  @Test
  void wiped_node_gives_the_rest_no_majority() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      for (int node = 1; node <= 3; node++) {
        cluster.awaitEntries(node, List.of("a"));
      }
      for (int node = 1; node <= 3; node++) {
        cluster.stop(node);
      }
      // One disk is lost and one node is away: the one that remembers must not win an election
      // with the vote of one that has forgotten.
      cluster.wipe(1);
      cluster.start(1);
      cluster.start(2);
      awaitRole(cluster, 1, Role.WAITING_TO_JOIN);
      assertThat(cluster.node(2).replica().gainedTerm()).isZero();
      cluster.start(3);
      cluster.commit("b");
      assertThat(cluster.node(1).log().status().role()).isEqualTo(Role.WAITING_TO_JOIN);
    }
  }

  @Test
  void new_node_joins_and_another_leaves() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      Member fourth = Member.initial(new NodeId("n4"), TestCluster.freeAddress());
      cluster.start(
          4,
          ReplicationConfig.of("test", fourth, List.of(), disks.resolve("n4"))
              .withElection(300, 100));
      awaitRole(cluster, 4, Role.WAITING_TO_JOIN);
      assertThat(cluster.changeMembers(log -> log.addMember(fourth.id(), fourth.peerAddress())))
          .hasSize(4);
      cluster.awaitEntries(4, List.of("a"));

      int leaving = cluster.awaitLeader() == 1 ? 2 : 1;
      assertThat(cluster.changeMembers(log -> log.removeMember(TestCluster.id(leaving))))
          .extracting(Member::id)
          .doesNotContain(TestCluster.id(leaving))
          .hasSize(3);
      cluster.stop(leaving);
      cluster.commit("b");
      cluster.awaitEntries(4, List.of("a", "b"));
    }
  }

  @Test
  void healthy_node_is_not_replaced_and_a_follower_changes_nothing() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      int follower = cluster.aFollower();
      assertRefused(
          () -> cluster.changeMembers(log -> log.replaceMember(TestCluster.id(follower))),
          MembershipException.Reason.NODE_NOT_WAITING);
      assertRefused(
          () ->
              cluster
                  .node(follower)
                  .log()
                  .removeMember(TestCluster.id(follower))
                  .get(30, TimeUnit.SECONDS),
          MembershipException.Reason.NOT_LEADER);
    }
  }

  @Test
  void cluster_is_founded_whatever_the_order_and_a_node_that_comes_late_takes_part()
      throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3)) {
      cluster.start(3);
      cluster.start(2);
      awaitRole(cluster, 2, Role.STARTING);
      // Gone before the cluster exists, and back: its disk remembers that it never voted.
      cluster.stop(3);
      cluster.start(1);
      assertThat(cluster.node(1).log().status().role()).isEqualTo(Role.STARTING);
      cluster.start(3);
      cluster.commit("a");
      for (int node = 1; node <= 3; node++) {
        cluster.awaitEntries(node, List.of("a"));
      }
    }
  }

  private static void awaitRole(TestCluster cluster, int node, Role role) {
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() -> cluster.node(node).log().status().role() == role);
  }

  private static void assertRefused(ThrowingCallable call, MembershipException.Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .satisfies(
            cause -> {
              Throwable refusal =
                  cause instanceof MembershipException || cause.getCause() == null
                      ? cause
                      : cause.getCause();
              assertThat(refusal)
                  .isInstanceOfSatisfying(
                      MembershipException.class,
                      known -> assertThat(known.reason()).isEqualTo(reason));
            });
  }
}
