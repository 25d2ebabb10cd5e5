package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The leader ends or stands still while clients write. */
@Timeout(180)
final class LeaderKilledTest {
  private static final int PAIRS_BETWEEN_FAULTS = 100;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void writers_see_no_error_and_no_grant_is_lost() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast keeper = cluster.client(Holdfast.builder().endpoints(cluster.endpoints()));
    List<LockGrant> kept = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      AcquireRequest request = AcquireRequest.of("kept/" + i, Mode.X);
      kept.add(keeper.preempt(request).grant().orElseThrow());
    }
    try (Writers writers = new Writers(cluster, 6, 3)) {
      writers.awaitPairs(PAIRS_BETWEEN_FAULTS);

      String first = cluster.leader();
      cluster.kill(first);
      writers.awaitPairs(PAIRS_BETWEEN_FAULTS);
      requireStillHeld(cluster, kept);
      cluster.start(first);
      cluster.awaitReady();

      String second = cluster.leader();
      cluster.process(second).pause();
      writers.awaitPairs(PAIRS_BETWEEN_FAULTS);
      cluster.process(second).resume();
      cluster.awaitReady();
      writers.awaitPairs(PAIRS_BETWEEN_FAULTS);

      writers.stop();
    }
    requireStillHeld(cluster, kept);
    kept.forEach(LockGrant::release);
    await()
        .atMost(RealCluster.PATIENCE)
        .until(() -> cluster.admin().allLocks("", Consistency.LINEARIZABLE).isEmpty());
    cluster.awaitEqualMaps();
  }

  private static void requireStillHeld(RealCluster cluster, List<LockGrant> kept) {
    for (LockGrant grant : kept) {
      String lock = grant.demands().get(0).lock();
      List<LockHolder> holders = cluster.admin().check(lock, Consistency.LINEARIZABLE, 0).holders();
      assertThat(holders).hasSize(1);
      assertThat(holders.get(0).token()).isEqualTo(grant.token().value());
      assertThat(grant.isHeld()).isTrue();
      assertThat(grant.remaining()).isGreaterThan(Duration.ZERO);
    }
  }
}
