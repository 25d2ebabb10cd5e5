package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a leader says about the map when it cannot know that it still leads. */
@Timeout(300)
final class FrozenReadsProbeTest {
  private static final String LOCK = "read";
  private static final int READS_AT_ONCE = 20;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void linearizable_reads_are_not_answered_while_both_followers_are_frozen() throws Exception {
    RealCluster cluster = clusters.start(3);
    Acknowledged acknowledged = new Acknowledged(cluster);
    acknowledged.keep(10);
    LockGrant grant =
        cluster.client().preempt(AcquireRequest.of(LOCK, Mode.X)).grant().orElseThrow();
    String leader = cluster.leader();
    List<String> followers = cluster.followers();
    int rounds = Probe.rounds(3);
    long oldest = 0;
    try (HoldfastAdmin atLeader =
        HoldfastAdmin.connect(cluster.endpoint(leader), Duration.ofSeconds(1))) {
      for (int round = 0; round < rounds; round++) {
        assertThat(holder(atLeader, Consistency.LINEARIZABLE)).isEqualTo(grant.token().value());
        followers.forEach(node -> cluster.process(node).pause());
        for (int i = 0; i < 3; i++) {
          assertThatThrownBy(() -> atLeader.check(LOCK, Consistency.LINEARIZABLE, 0))
              .isInstanceOf(HoldfastException.class);
        }
        LockCheck local = atLeader.check(LOCK, Consistency.LOCAL, 0);
        assertThat(local.info().consistency()).isEqualTo(Consistency.LOCAL);
        assertThat(local.holders().get(0).token()).isEqualTo(grant.token().value());
        long ago = local.info().leaderHeardMillisAgo();
        assertThat(ago).as("word of a majority, ms ago").isGreaterThan(500);
        oldest = Math.max(oldest, ago);
        assertThat(atLeader.check(LOCK, Consistency.LOCAL, 0).info().leaderHeardMillisAgo())
            .isGreaterThanOrEqualTo(ago);
        followers.forEach(node -> cluster.process(node).resume());
        cluster.awaitReady();
      }
    }
    System.out.printf(
        "frozen reads: %d rounds, %d linearizable reads unanswered, local ones up to %d ms old%n",
        rounds, 3 * rounds, oldest);
    acknowledged.requireAllHeld();
    cluster.awaitEqualMaps();
  }

  @Test
  void a_leader_that_was_frozen_does_not_answer_from_its_old_map() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast client = cluster.client();
    int rounds = Probe.rounds(3);
    int answered = 0;
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      LockGrant before = client.preempt(AcquireRequest.of(LOCK, Mode.X)).grant().orElseThrow();
      String old = cluster.leader();
      List<String> others = cluster.followers();
      try (HoldfastAdmin atOld =
          HoldfastAdmin.connect(cluster.endpoint(old), RealCluster.PATIENCE)) {
        assertThat(holder(atOld, Consistency.LINEARIZABLE)).isEqualTo(before.token().value());
        cluster.process(old).pause();
        cluster.awaitReady(others);
        before.release();
        LockGrant after = client.preempt(AcquireRequest.of(LOCK, Mode.X)).grant().orElseThrow();
        // They wait in the socket of the frozen leader, which finds them when it goes on.
        List<CompletableFuture<Long>> reads = new ArrayList<>();
        for (int i = 0; i < READS_AT_ONCE; i++) {
          reads.add(
              CompletableFuture.supplyAsync(
                  () -> holder(atOld, Consistency.LINEARIZABLE), Thread::startVirtualThread));
        }
        cluster.process(old).resume();
        for (CompletableFuture<Long> read : reads) {
          try {
            long seen = read.get(2 * RealCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(seen).as("holder").isEqualTo(after.token().value());
            answered++;
          } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(HoldfastException.class);
            refused++;
          }
        }
        cluster.awaitReady();
        after.release();
      }
    }
    System.out.printf(
        "frozen leader: %d rounds, %d reads answered, none of them stale, %d refused%n",
        rounds, answered, refused);
    cluster.awaitEqualMaps();
  }

  private static long holder(HoldfastAdmin admin, Consistency consistency) {
    return admin.check(LOCK, consistency, 0).holders().get(0).token();
  }
}
