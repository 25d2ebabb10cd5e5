package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Semaphores, several locks at once, trees, conversions, hand-over, as a program uses them. */
@SuppressWarnings(
    "LockNotBeforeTry") // locking is what is looked at here, and a failed test ends its cluster
class LockKindsTest extends ClientTest {
  private static Throwable failureOf(CompletableFuture<?> future) throws Exception {
    try {
      future.get(5, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      return requireNonNull(failed.getCause());
    }
    throw new AssertionError("did not fail");
  }

  private long sessionId(Holdfast client) {
    return client.session().id().orElseThrow().value();
  }

  private void awaitWaiting(int count) {
    await().until(() -> waitingCount() == count);
  }

  @Test
  void semaphore_gives_each_holder_a_token_and_no_more_permits_than_there_are() throws Exception {
    HoldfastSemaphore pool = holdfast.semaphore("pool", 3);
    LockGrant two = pool.acquire(2);
    LockGrant one = pool.acquire();
    assertThat(one.token()).isGreaterThan(two.token());
    assertThat(one.demands()).containsExactly(Demand.permits("pool", 1, 3));
    assertThat(pool.tryAcquire(1)).isEmpty();
    assertThat(pool.tryAcquire(1, Duration.ofMillis(20))).isEmpty();
    CompletableFuture<LockGrant> next = pool.acquireAsync(2);
    awaitWaiting(1);
    two.release();
    assertThat(get(next).isHeld()).isTrue();
    assertThat(one.isHeld()).isTrue();
    get(next).release();
    one.release();
    assertThat(grantCount()).isZero();
  }

  @Test
  void semaphore_gives_back_a_part_by_conversion() throws Exception {
    HoldfastSemaphore pool = holdfast.semaphore("pool", 3);
    LockGrant all = pool.acquire(3);
    LockGrant fewer = all.convert(Conversion.to(Demand.permits("pool", 1, 3)));
    assertThat(fewer).isSameAs(all);
    assertThat(pool.tryAcquire(2)).isPresent();
  }

  @Test
  void semaphore_refuses_another_limit_and_another_kind() throws Exception {
    holdfast.semaphore("pool", 3).acquire();
    assertThatThrownBy(() -> holdfast.semaphore("pool", 4).acquire())
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.LIMIT_MISMATCH));
    assertThatThrownBy(() -> holdfast.lock("pool").lock())
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.KIND_MISMATCH));
    assertThatThrownBy(() -> holdfast.semaphore("pool", 3).acquire(4))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void semaphore_permit_with_a_lease_ends_alone() throws Exception {
    HoldfastSemaphore pool = holdfast.semaphore("pool", 2);
    LockGrant leased = pool.with(request -> request.lease(Duration.ofMillis(300))).acquire();
    LockGrant kept = pool.acquire();
    await().until(() -> !leased.isHeld());
    assertThat(kept.isHeld()).isTrue();
    assertThat(pool.tryAcquire(1, Duration.ofSeconds(5))).isPresent();
  }

  @Test
  void multi_lock_is_granted_whole_or_holds_nothing() throws Exception {
    MultiLock both = holdfast.multiLock(new Demand("a", Mode.X), Demand.permits("pool", 2, 2));
    LockGrant one = holdfast.semaphore("pool", 2).acquire();
    assertThat(both.tryAcquire()).isEmpty();
    CompletableFuture<LockGrant> waiting = both.acquireAsync();
    awaitWaiting(1);
    assertThat(grantCount()).isEqualTo(1);
    one.release();
    LockGrant grant = get(waiting);
    assertThat(grant.demands())
        .containsExactly(new Demand("a", Mode.X), Demand.permits("pool", 2, 2));
    assertThat(both.tryAcquire(Duration.ofMillis(20))).isEmpty();
    grant.release();
    try (LockGrant again = both.acquireUninterruptibly()) {
      assertThat(again.token()).isGreaterThan(grant.token());
    }
    awaitWaiting(0);
    assertThat(grantCount()).isZero();
  }

  @Test
  void interrupted_multi_lock_leaves_every_queue() throws Exception {
    holdfast.multiLock(new Demand("b", Mode.X)).acquire();
    MultiLock both = holdfast.multiLock(new Demand("a", Mode.X), new Demand("b", Mode.X));
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread waiter = new Thread(() -> ended.complete(catchThrowable(both::acquire)), "waiter");
    waiter.start();
    awaitWaiting(1);
    waiter.interrupt();
    assertThat(get(ended)).isInstanceOf(InterruptedException.class);
    awaitWaiting(0);
    assertThat(holdfast.multiLock(new Demand("a", Mode.X)).tryAcquire()).isPresent();
  }

  @Test
  void tree_lock_stands_for_what_is_below_and_not_beside() throws Exception {
    LockTree tree = holdfast.lockTree("db");
    LockGrant table = tree.write("orders").acquire();
    assertThat(tree.read("orders/7").tryAcquire()).isEmpty();
    assertThat(tree.write("").tryAcquire()).isEmpty();
    assertThat(tree.write("orders2").tryAcquire()).isPresent();
    table.release();
    LockGrant row = tree.write("orders/7").acquire();
    assertThat(tree.writeParts("orders").tryAcquire()).isPresent();
    assertThat(tree.read("orders").tryAcquire()).isEmpty();
    row.release();
    assertThat(tree.subtree("x").demand("y", Mode.IS)).isEqualTo(new Demand("db/x/y", Mode.IS));
  }

  @Test
  void writer_who_becomes_reader_lets_others_read_and_keeps_its_token() throws Exception {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("x");
    lock.writeLock().lock();
    FencingToken token = lock.writeLock().fencingToken();
    MultiLock reading = holdfast.multiLock(new Demand("x", Mode.S));
    assertThat(reading.tryAcquire()).isEmpty();
    lock.downgrade();
    assertThat(lock.readLock().isHeld()).isTrue();
    assertThat(lock.writeLock().isHeld()).isFalse();
    assertThat(lock.readLock().fencingToken()).isEqualTo(token);
    LockGrant other = reading.acquire();
    lock.readLock().unlock();
    other.release();
    assertThat(grantCount()).isZero();
  }

  @Test
  void reader_who_becomes_writer_waits_for_the_other_readers() throws Exception {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("x");
    lock.readLock().lock();
    FencingToken token = lock.readLock().fencingToken();
    LockGrant other = holdfast.multiLock(new Demand("x", Mode.S)).acquire();
    assertThat(lock.tryUpgrade(0, TimeUnit.SECONDS)).isFalse();
    assertThat(lock.tryUpgrade(30, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(lock.readLock().isHeld()).isTrue();
    CompletableFuture<Void> released = other.releaseAsync();
    lock.upgrade();
    get(released);
    assertThat(lock.writeLock().isHeld()).isTrue();
    assertThat(lock.writeLock().fencingToken()).isGreaterThan(token);
    assertThat(lock.readLock().holdCount()).isZero();
    lock.writeLock().unlock();
    assertThat(grantCount()).isZero();
  }

  @Test
  @SuppressWarnings("LockNotBeforeTry") // the end of the session releases it
  void two_readers_who_upgrade_are_told_of_their_deadlock() throws Exception {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("x");
    lock.readLock().lock();
    LockGrant other = holdfast.multiLock(AcquireRequest.of("x", Mode.S).owner("other")).acquire();
    CompletableFuture<LockGrant> upgrade = other.convertAsync(Conversion.to("x", Mode.X));
    awaitWaiting(1);
    assertThatThrownBy(lock::upgrade)
        .isInstanceOfSatisfying(
            DeadlockException.class,
            deadlock -> {
              assertThat(deadlock.reason()).isEqualTo(RefusalReason.DEADLOCK);
              assertThat(deadlock.deadlock().length()).isEqualTo(2);
              DeadlockReport.Member second = deadlock.deadlock().members().get(1);
              assertThat(second.owner()).isEqualTo("other");
              assertThat(second.lock()).isEqualTo("x");
              assertThat(second.wantedMode()).isEqualTo(Mode.X);
              assertThat(second.heldMode()).isEqualTo(Mode.S);
              assertThat(deadlock).hasMessageContaining("other of session");
            });
    assertThat(lock.readLock().isHeld()).isTrue();
    lock.readLock().unlock();
    assertThat(get(upgrade).isHeld()).isTrue();
    assertThat(other.isHeld()).isFalse();
    other.release(); // spent, so nothing happens
    get(upgrade).release();
    assertThat(grantCount()).isZero();
  }

  @Test
  void upgrade_without_the_read_lock_is_a_bug_in_the_caller() {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("x");
    assertThatThrownBy(lock::upgrade).isInstanceOf(IllegalMonitorStateException.class);
    assertThatThrownBy(lock::downgrade).isInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void cancelled_conversion_goes_on_with_what_there_was() throws Exception {
    LockGrant reader = holdfast.multiLock(new Demand("x", Mode.S)).acquire();
    LockGrant other = holdfast.multiLock(new Demand("x", Mode.S)).acquire();
    CompletableFuture<LockGrant> upgrade = reader.convertAsync(Conversion.to("x", Mode.X));
    awaitWaiting(1);
    upgrade.cancel(true);
    awaitWaiting(0);
    assertThat(reader.isHeld()).isTrue();
    assertThat(other.isHeld()).isTrue();
    reader.release();
    other.release();
    assertThat(grantCount()).isZero();
  }

  @Test
  void grant_is_handed_over_to_whoever_awaits_it() throws Exception {
    List<String> told = new ArrayList<>();
    try (Holdfast receiver = client().callbackExecutor(Runnable::run).connect()) {
      receiver.addSessionListener(
          new SessionListener() {
            @Override
            public void grantReceived(Session session, String owner, FencingToken token) {
              told.add(owner + " " + token);
            }
          });
      CompletableFuture<LockGrant> awaited = receiver.receive("worker-2");
      LockGrant first = holdfast.multiLock(new Demand("a", Mode.X)).acquire();
      CompletableFuture<LockGrant> queued =
          holdfast.async().acquire(AcquireRequest.of("a", Mode.X));
      awaitWaiting(1);
      FencingToken token = first.handOver(new SessionId(sessionId(receiver)), "worker-2");
      assertThat(first.isHeld()).isFalse();
      LockGrant there = get(awaited);
      assertThat(there.token()).isEqualTo(token);
      assertThat(there.isHeld()).isTrue();
      assertThat(told).containsExactly("worker-2 " + token);
      there.release();
      get(queued).release();
      LockGrant second = holdfast.multiLock(new Demand("b", Mode.X)).acquire();
      get(second.handOverAsync(new SessionId(sessionId(receiver)), "worker-3"));
      assertThat(get(receiver.receive("worker-3")).isHeld()).isTrue();
    }
  }

  @Test
  void whoever_awaits_a_grant_is_told_when_the_session_is_over() throws Exception {
    CompletableFuture<LockGrant> never;
    try (Holdfast receiver = client().connect()) {
      never = receiver.receive("worker-4");
    }
    assertThat(failureOf(never)).isInstanceOf(SessionExpiredException.class);
  }

  @Test
  void refused_hand_over_says_why_and_the_grant_is_held() throws Exception {
    LockGrant grant = holdfast.multiLock(new Demand("a", Mode.X)).acquire();
    assertThatThrownBy(() -> grant.handOver(new SessionId(999), "nobody"))
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.UNKNOWN_SESSION));
    assertThat(grant.isHeld()).isTrue();
    grant.release();
    assertThatThrownBy(() -> grant.handOver(new SessionId(999), "nobody"))
        .isInstanceOf(LockLostException.class);
  }

  @Test
  void holder_hears_that_somebody_waits() throws Exception {
    LockGrant holder = holdfast.multiLock(new Demand("a", Mode.X)).acquire();
    CompletableFuture<AskedToLetGo> asked = holder.whenAskedToLetGo();
    assertThat(failureOf(holdfast.async().askToLetGo("a", holder.token(), "")))
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.NOT_WAITING));
    CompletableFuture<LockGrant> waiter = holdfast.async().acquire(AcquireRequest.of("a", Mode.X));
    awaitWaiting(1);
    get(holdfast.async().askToLetGo("a", holder.token(), "backup begins"));
    assertThat(get(asked).detail()).isEqualTo("backup begins");
    assertThat(get(asked).bySession()).isEqualTo(new SessionId(sessionId(holdfast)));
    holder.release();
    get(waiter).release();
  }

  @Test
  void reserved_lock_is_refused_until_its_time_whoever_asks() throws Exception {
    MultiLock often =
        holdfast
            .multiLock(new Demand("job", Mode.X))
            .with(request -> request.atLeast(Duration.ofMillis(400)));
    often.acquire().release();
    PreemptResult refused = holdfast.preempt(AcquireRequest.of("job", Mode.X));
    assertThat(refused)
        .isInstanceOfSatisfying(
            PreemptResult.Refused.class,
            no -> {
              assertThat(no.refusal().reason()).isEqualTo(RefusalReason.RESERVED);
              assertThat(no.refusal().reservedUntilMillis()).isPositive();
            });
    Optional<LockGrant> later = often.tryAcquire(Duration.ofSeconds(5));
    assertThat(later).isPresent();
  }

  @Test
  void lock_delay_keeps_others_out_after_an_unclean_end_unless_behind_a_gate() throws Exception {
    LockGrant plain = delayed("plain", false);
    LockGrant gated = delayed("gated", true);
    cluster.ask(
        each -> {
          each.forceRelease(plain.token().value(), "root");
          each.forceRelease(gated.token().value(), "root");
          return true;
        });
    assertThat(holdfast.multiLock(new Demand("plain", Mode.X)).tryAcquire()).isEmpty();
    assertThat(holdfast.multiLock(new Demand("gated", Mode.X)).tryAcquire()).isPresent();
  }

  private LockGrant delayed(String lock, boolean gated) throws InterruptedException {
    AcquireRequest request = AcquireRequest.of(lock, Mode.X).lockDelay(Duration.ofHours(1));
    return holdfast.multiLock(gated ? request.behindGate() : request).acquire();
  }

  @Test
  void value_is_kept_with_the_lock() throws Exception {
    LockGrant grant = holdfast.multiLock(new Demand("a", Mode.X)).acquire();
    grant.setValue("a", new byte[] {1, 2, 3});
    get(grant.setValueAsync("a", null));
    assertThatThrownBy(() -> grant.setValue("a", new byte[4_097]))
        .isInstanceOf(IllegalArgumentException.class);
    LockGrant reader = grant.convert(Conversion.to("a", Mode.S));
    assertThatThrownBy(() -> reader.setValue("a", new byte[1]))
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.MODE_TOO_WEAK));
  }
}
