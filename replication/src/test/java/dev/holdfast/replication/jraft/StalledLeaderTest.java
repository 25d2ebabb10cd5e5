package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders that get nothing done although a majority answers them. */
class StalledLeaderTest {
  @TempDir Path disks;

  @Test
  void leader_that_applies_nothing_hands_over() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("a");
      int stalled = cluster.awaitLeader();
      RecordingReplica replica = cluster.node(stalled).replica();
      replica.holdEntries();
      try {
        CompletableFuture<ProposalOutcome> outcome = cluster.propose(stalled, "b");
        await("another leader")
            .atMost(TestCluster.PATIENCE)
            .until(
                () ->
                    IntStream.rangeClosed(1, 3)
                        .filter(number -> number != stalled)
                        .anyMatch(number -> cluster.node(number).replica().gainedTerm() > 0));
        assertThat(outcome).isNotDone();
      } finally {
        replica.letEntriesPass();
      }
      cluster.commit("c");
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> replica.entries().containsAll(List.of("a", "b", "c")));
      assertThat(cluster.node(stalled).fatal()).isEmpty();
    }
  }

  @Test
  void leader_that_commits_nothing_and_cannot_hand_over_ends() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 2).startAll()) {
      cluster.commit("a");
      cluster.stop(2);
      try (StalledFollower follower = new StalledFollower("test", cluster.member(2))) {
        cluster.commit("b");
        follower.swallowAppends();
        CompletableFuture<ProposalOutcome> outcome = cluster.propose(1, "c");
        await("it gives up")
            .atMost(TestCluster.PATIENCE)
            .until(() -> !cluster.node(1).fatal().isEmpty());
        assertThat(cluster.node(1).fatal()).containsExactly(ExitCode.COMMIT_STUCK);
        assertThat(cluster.node(1).log().status().role()).isEqualTo(Role.STOPPED);
        cluster.stop(1);
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(ProposalOutcome.OUTCOME_UNKNOWN);
      }
    }
  }
}
