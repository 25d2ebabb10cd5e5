package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every node is killed at once: nothing that was acknowledged is lost, and no time is charged. */
@Timeout(180)
final class AllKilledTest {
  private static final String FIXED = "fixed/lease";

  /** Nobody runs for so long, to see that nobody is charged for it. */
  private static final Duration OUTAGE = Duration.ofSeconds(2);

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void holders_tokens_and_what_remains_of_leases_are_as_before() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast client =
        cluster.client(
            Holdfast.builder().endpoints(cluster.endpoints()).sessionTtl(Duration.ofSeconds(60)));
    AcquireRequest fixed = AcquireRequest.of(FIXED, Mode.X).lease(Duration.ofMinutes(5));
    List<LockGrant> grants = new ArrayList<>();
    grants.add(client.preempt(fixed).grant().orElseThrow());
    for (int i = 0; i < 50; i++) {
      grants.add(client.preempt(AcquireRequest.of("kept/" + i, Mode.S)).grant().orElseThrow());
    }

    LockCheck before = cluster.admin().check(FIXED, Consistency.LINEARIZABLE, 0);
    long checkedAtNanos = System.nanoTime();
    cluster.killAll();
    long killedAtNanos = System.nanoTime();
    await().pollDelay(OUTAGE).until(() -> true);
    cluster.nodes().forEach(cluster::start);
    cluster.awaitReady();
    long outageMillis = (System.nanoTime() - killedAtNanos) / 1_000_000;
    LockCheck after = cluster.admin().check(FIXED, Consistency.LINEARIZABLE, 0);
    long betweenMillis = (System.nanoTime() - checkedAtNanos) / 1_000_000;

    requireSameHolders(cluster, grants);
    long chargedMillis =
        before.holders().get(0).leaseLeftMillis() - after.holders().get(0).leaseLeftMillis();
    System.out.println(
        "all killed: %d ms between checks, %d ms until ready again, %d ms charged to the lease"
            .formatted(betweenMillis, outageMillis, chargedMillis));
    assertThat(chargedMillis).isBetween(0L, betweenMillis - OUTAGE.toMillis());
    assertThat(after.info().clockMillis() - before.info().clockMillis()).isEqualTo(chargedMillis);
    for (LockGrant grant : grants) {
      assertThat(grant.isHeld()).isTrue();
      grant.release();
    }
    LockGrant next = client.preempt(fixed).grant().orElseThrow();
    assertThat(next.token().value()).isGreaterThan(after.info().revision());
    cluster.awaitEqualMaps();
  }

  private static void requireSameHolders(RealCluster cluster, List<LockGrant> grants) {
    for (LockGrant grant : grants) {
      List<LockHolder> holders =
          cluster
              .admin()
              .check(grant.demands().get(0).lock(), Consistency.LINEARIZABLE, 0)
              .holders();
      assertThat(holders).hasSize(1);
      assertThat(holders.get(0).token()).isEqualTo(grant.token().value());
      assertThat(holders.get(0).sessionId()).isEqualTo(grant.sessionId().value());
      assertThat(holders.get(0).owner()).isEqualTo(grant.owner());
    }
  }
}
