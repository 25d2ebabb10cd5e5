package dev.holdfast.verification.system;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.AskedToLetGo;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.Conversion;
import dev.holdfast.client.DeadlockException;
import dev.holdfast.client.Demand;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastReadWriteLock;
import dev.holdfast.client.HoldfastSemaphore;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockTree;
import dev.holdfast.client.LockValue;
import dev.holdfast.client.Mode;
import dev.holdfast.client.MultiLock;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every kind of lock against real nodes, with clients at different ones. */
@Timeout(180)
final class LockKindsTest {
  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static Holdfast at(RealCluster cluster, String node) {
    return cluster.client(Holdfast.builder().endpoints(cluster.endpoint(node)));
  }

  private static LockCheck check(RealCluster cluster, String lock) {
    return cluster.admin().check(lock, Consistency.LINEARIZABLE, 10);
  }

  @Test
  void every_kind_of_lock_works_between_clients_of_different_nodes() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast one = at(cluster, cluster.nodes().get(0));
    Holdfast two = at(cluster, cluster.nodes().get(1));
    semaphore(cluster, one, two);
    severalAtOnce(one, two);
    tree(one, two);
    conversions(cluster, one, two);
    handOver(cluster, one, two);
    revocationAndValue(cluster, one, two);
    reservation(cluster, one, two);
    await()
        .atMost(RealCluster.PATIENCE)
        .until(
            () ->
                cluster.admin().allLocks("", Consistency.LINEARIZABLE).stream()
                    .allMatch(lock -> lock.holders().isEmpty()));
    cluster.awaitEqualMaps();
  }

  private static void semaphore(RealCluster cluster, Holdfast one, Holdfast two) throws Exception {
    HoldfastSemaphore here = one.semaphore("pool", 3);
    HoldfastSemaphore there = two.semaphore("pool", 3);
    LockGrant pair = here.acquire(2);
    LockGrant single = there.acquire();
    assertThat(there.tryAcquire(1)).isEmpty();
    assertThat(check(cluster, "pool").holders())
        .extracting(holder -> holder.permits())
        .containsExactly(2, 1);
    CompletableFuture<LockGrant> next = there.acquireAsync(2);
    pair.release();
    get(next).release();
    single.release();
  }

  private static void severalAtOnce(Holdfast one, Holdfast two) throws Exception {
    MultiLock here = one.multiLock(new Demand("a", Mode.X), Demand.permits("pool", 3, 3));
    MultiLock there = two.multiLock(Demand.permits("pool", 3, 3), new Demand("a", Mode.X));
    LockGrant first = here.acquire();
    CompletableFuture<LockGrant> second = there.acquireAsync();
    assertThat(there.tryAcquire()).isEmpty();
    first.release();
    get(second).release();
  }

  private static void tree(Holdfast one, Holdfast two) throws Exception {
    LockTree here = one.lockTree("db");
    LockTree there = two.lockTree("db");
    LockGrant row = here.write("orders/7").acquire();
    assertThat(there.read("orders").tryAcquire()).isEmpty();
    there.write("orders/8").acquire().release();
    row.release();
    there.write("orders").acquire().release();
  }

  private static void conversions(RealCluster cluster, Holdfast one, Holdfast two)
      throws Exception {
    HoldfastReadWriteLock lock = one.readWriteLock("x");
    lock.readLock().lock();
    try {
      LockGrant other = two.async().acquire(AcquireRequest.of("x", Mode.S)).get();
      CompletableFuture<LockGrant> upgrade = other.convertAsync(Conversion.to("x", Mode.X));
      // Until it waits there is no circle, and the one who closes it is refused.
      await().atMost(RealCluster.PATIENCE).until(() -> check(cluster, "x").queueLength() == 1);
      assertThatThrownBy(lock::upgrade)
          .isInstanceOfSatisfying(
              DeadlockException.class,
              deadlock -> assertThat(deadlock.deadlock().length()).isEqualTo(2));
      assertThat(lock.readLock().isHeld()).isTrue();
      upgrade.cancel(true);
      other.release();
      lock.upgrade();
      assertThat(lock.writeLock().isHeld()).isTrue();
      lock.downgrade();
    } finally {
      lock.readLock().unlock();
    }
  }

  private static void handOver(RealCluster cluster, Holdfast one, Holdfast two) throws Exception {
    SessionId receiver = two.session().id().orElseThrow();
    for (int i = 0; i < 20; i++) {
      LockGrant grant = one.multiLock(new Demand("baton", Mode.X)).acquire();
      CompletableFuture<LockGrant> awaited = two.receive("runner");
      FencingToken token = grant.handOver(receiver, "runner");
      LockGrant there = get(awaited);
      assertThat(there.token()).isEqualTo(token);
      assertThat(there.isHeld()).isTrue();
      assertThat(grant.isHeld()).isFalse();
      assertThat(check(cluster, "baton").holders())
          .extracting(holder -> holder.token())
          .containsExactly(token.value());
      there.release();
    }
  }

  private static void revocationAndValue(RealCluster cluster, Holdfast one, Holdfast two)
      throws Exception {
    LockGrant holder = one.multiLock(new Demand("disk", Mode.X)).acquire();
    holder.setValue("disk", new byte[] {42});
    CompletableFuture<AskedToLetGo> byWaiter = holder.whenAskedToLetGo();
    CompletableFuture<LockGrant> waiter = two.async().acquire(AcquireRequest.of("disk", Mode.X));
    await().atMost(RealCluster.PATIENCE).until(() -> check(cluster, "disk").queueLength() == 1);
    get(two.async().askToLetGo("disk", holder.token(), "please"));
    assertThat(get(byWaiter).detail()).isEqualTo("please");
    CompletableFuture<AskedToLetGo> byOperator = holder.whenAskedToLetGo();
    assertThat(cluster.admin().askToLetGo("disk", holder.token(), "root", "now").asked()).isTrue();
    assertThat(get(byOperator).operator()).isEqualTo("root");
    assertThat(cluster.admin().askToLetGo("disk", new FencingToken(1), "root", "now").refusal())
        .isNotNull();
    holder.release();
    LockGrant next = get(waiter);
    LockValue value = requireNonNull(check(cluster, "disk").value());
    assertThat(value.toByteArray()).containsExactly(42);
    assertThat(value.valid()).isTrue();
    cluster.admin().forceRelease("disk", next.token(), "root", "", false);
    assertThat(requireNonNull(check(cluster, "disk").value()).valid()).isFalse();
  }

  private static void reservation(RealCluster cluster, Holdfast one, Holdfast two)
      throws Exception {
    one.multiLock(AcquireRequest.of("job", Mode.X).atLeast(Duration.ofSeconds(3)))
        .acquire()
        .release();
    assertThat(two.multiLock(new Demand("job", Mode.X)).tryAcquire()).isEmpty();
    assertThat(check(cluster, "job").reservations()).hasSize(1);
    two.multiLock(new Demand("job", Mode.X)).acquire().release();
  }
}
