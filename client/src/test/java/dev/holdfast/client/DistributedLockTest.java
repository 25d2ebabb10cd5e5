package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.session.LossReason;
import dev.holdfast.client.session.SessionState;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@SuppressWarnings(
    "LockNotBeforeTry") // locking is what is looked at here, and a failed test ends its cluster
class DistributedLockTest extends ClientTest {
  private static Thread start(Runnable work) {
    Thread thread = new Thread(work, "worker");
    thread.start();
    return thread;
  }

  private static void inAnotherThread(Runnable work) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(work);
    thread.setUncaughtExceptionHandler((each, thrown) -> failure.set(thrown));
    thread.start();
    thread.join();
    if (failure.get() != null) {
      throw new AssertionError("in the other thread", failure.get());
    }
  }

  @Test
  void excludes_other_threads_and_counts_its_own() throws InterruptedException {
    DistributedLock lock = holdfast.lock("orders/42");
    lock.lock();
    assertThat(lock.isHeld()).isTrue();
    FencingToken token = lock.fencingToken();
    assertThat(holdfast.lock("orders/42").tryLock()).isTrue();
    assertThat(lock.holdCount()).isEqualTo(2);
    assertThat(lock.fencingToken()).isEqualTo(token);
    inAnotherThread(
        () -> {
          assertThat(lock.tryLock()).isFalse();
          assertThat(lock.isHeld()).isFalse();
          assertThat(lock.holdCount()).isZero();
        });
    lock.unlock();
    assertThat(lock.isHeld()).isTrue();
    lock.unlock();
    assertThat(lock.isHeld()).isFalse();
    assertThat(grantCount()).isZero();
    inAnotherThread(
        () -> {
          assertThat(lock.tryLock()).isTrue();
          assertThat(lock.fencingToken()).isGreaterThan(token);
          lock.unlock();
        });
  }

  @Test
  void counter_under_the_lock_loses_no_step() throws InterruptedException {
    int[] counter = new int[1];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      threads.add(
          start(
              () -> {
                DistributedLock lock = holdfast.lock("counter");
                for (int step = 0; step < 100; step++) {
                  lock.lock();
                  try {
                    counter[0]++;
                  } finally {
                    lock.unlock();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(counter[0]).isEqualTo(1_600);
    assertThat(grantCount()).isZero();
  }

  @Test
  void stranger_cannot_unlock_and_is_told_who_holds() throws InterruptedException {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    long token = lock.fencingToken().value();
    inAnotherThread(
        () ->
            assertThatThrownBy(lock::unlock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("token " + token)
                .hasMessageContaining("'x'"));
    assertThat(lock.isHeld()).isTrue();
    lock.unlock();
    assertThatThrownBy(lock::unlock)
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("no thread of this process holds it");
    assertThatThrownBy(lock::fencingToken).isInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void interrupted_waiter_returns_at_once_and_leaves_no_trace() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread waiter =
        start(
            () -> {
              try {
                lock.lockInterruptibly();
              } catch (InterruptedException expected) {
                interrupted.countDown();
              }
            });
    await().until(() -> waitingCount() == 1);
    waiter.interrupt();
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    await().until(() -> waitingCount() == 0);
    lock.unlock();
    await().until(() -> grantCount() == 0);
  }

  @Test
  void waiter_interrupted_without_a_leader_leaves_no_ghost_when_it_is_back() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread waiter =
        start(
            () -> {
              cluster.freeze(true);
              try {
                holdfast.lock("x").lockInterruptibly();
              } catch (InterruptedException expected) {
                interrupted.countDown();
              }
            });
    await().until(() -> waiter.getState() == Thread.State.WAITING);
    waiter.interrupt();
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    cluster.freeze(false);
    // The next request of a thread is served, whatever became of that one.
    inAnotherThread(
        () -> {
          assertThat(holdfast.lock("x").tryLock()).isTrue();
          holdfast.lock("x").unlock();
        });
    await().until(() -> grantCount() == 0 && waitingCount() == 0);
  }

  @Test
  void lock_ignores_interrupts_and_keeps_the_flag() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread waiter =
        start(
            () -> {
              lock.lock();
              flag.complete(Thread.currentThread().isInterrupted());
              lock.unlock();
            });
    await().until(() -> waitingCount() == 1);
    waiter.interrupt();
    lock.unlock();
    assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
    await().until(() -> grantCount() == 0);
  }

  @Test
  void timed_wait_ends_at_its_own_deadline_even_without_a_leader() throws Exception {
    cluster.freeze(true);
    long beginNanos = System.nanoTime();
    assertThat(holdfast.lock("x").tryLock(100, TimeUnit.MILLISECONDS)).isFalse();
    long tookMillis = (System.nanoTime() - beginNanos) / 1_000_000;
    assertThat(tookMillis).isBetween(99L, 3_000L);
    cluster.freeze(false);
    assertThat(holdfast.lock("x").tryLock(4, TimeUnit.SECONDS)).isTrue();
    holdfast.lock("x").unlock();
    await().until(() -> grantCount() == 0 && waitingCount() == 0);
  }

  @Test
  void timed_wait_gets_the_lock_when_it_comes_free() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    CompletableFuture<Boolean> got = new CompletableFuture<>();
    start(
        () -> {
          try {
            got.complete(lock.tryLock(5, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            got.completeExceptionally(e);
          }
        });
    await().until(() -> waitingCount() == 1);
    lock.unlock();
    assertThat(got.get(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void thread_that_comes_interrupted_gets_nothing() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> holdfast.lock("x").lockInterruptibly())
        .isInstanceOf(InterruptedException.class);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> holdfast.lock("x").tryLock(1, TimeUnit.SECONDS))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(grantCount()).isZero();
  }

  @Test
  void conditions_are_not_offered_and_the_message_says_what_to_do() {
    assertThatThrownBy(() -> holdfast.lock("x").newCondition())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("second lock");
  }

  @Test
  void names_are_checked_at_once() {
    assertThatThrownBy(() -> holdfast.lock("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> holdfast.lock("a//b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty segment");
  }

  @Test
  void loss_is_reported_by_unlock_with_the_token() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    FencingToken token = lock.fencingToken();
    CompletableFuture<GrantLoss> loss = lock.whenLost();
    cluster.ask(
        each -> {
          each.forceRelease(token.value(), "ada");
          return 0;
        });
    assertThat(loss.get(5, TimeUnit.SECONDS))
        .isEqualTo(new GrantLoss(token, LossReason.FORCE_RELEASED, "by ada"));
    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.fencingToken()).isEqualTo(token);
    assertThatThrownBy(lock::lock).isInstanceOf(LockLostException.class);
    assertThatThrownBy(lock::unlock)
        .isInstanceOfSatisfying(
            LockLostException.class,
            lost -> {
              assertThat(lost.token()).isEqualTo(token);
              assertThat(lost.reason()).isEqualTo(LossReason.FORCE_RELEASED);
            });
    assertThat(lock.holdCount()).isZero();
    lock.lock();
    assertThat(lock.fencingToken()).isGreaterThan(token);
    lock.unlock();
  }

  @Test
  void lock_released_by_its_token_is_not_held_and_has_to_be_unlocked() {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    FencingToken token = lock.fencingToken();
    holdfast.release(token);
    assertThat(lock.isHeld()).isFalse();
    assertThatThrownBy(lock::tryLock)
        .isInstanceOf(LockLostException.class)
        .hasMessageContaining("released by its token");
    assertThatThrownBy(lock::unlock)
        .isInstanceOfSatisfying(
            LockLostException.class, lost -> assertThat(lost.token()).isEqualTo(token));
    assertThat(lock.tryLock()).isTrue();
    lock.unlock();
  }

  @Test
  void unlocking_ends_the_hold_before_it_is_sent_and_is_no_loss() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    CompletableFuture<CompletableFuture<GrantLoss>> loss = new CompletableFuture<>();
    CompletableFuture<Session> session = new CompletableFuture<>();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    start(
        () -> {
          lock.lock();
          loss.complete(lock.whenLost());
          session.complete(holdfast.session());
          cluster.freeze(true);
          thrown.complete(requireNonNull(catchThrowableOfType(Throwable.class, lock::unlock)));
        });
    Session first = session.get(5, TimeUnit.SECONDS);
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(lock::unlock).hasMessageContaining("no thread of this process"));
    cluster.ask(
        each -> {
          each.killSession(first.id().orElseThrow().value());
          return 0;
        });
    cluster.freeze(false);
    assertThat(thrown.get(5, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            LockLostException.class,
            lost -> assertThat(lost.reason()).isEqualTo(LossReason.SESSION_LOST));
    assertThat(loss.get()).isNotDone();
  }

  @Test
  void lost_session_is_replaced_for_later_calls_and_its_locks_stay_lost() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    Session first = holdfast.session();
    List<String> story = new ArrayList<>();
    CountDownLatch told = new CountDownLatch(1);
    first.addListener(
        new SessionListener() {
          @Override
          public void stateChanged(
              Session session, SessionState from, SessionState to, String why) {
            story.add(from + "->" + to);
            told.countDown();
          }
        });
    cluster.ask(
        each -> {
          each.killSession(first.id().orElseThrow().value());
          return 0;
        });
    assertThat(first.whenLost().get(5, TimeUnit.SECONDS)).contains("SESSION_EXPIRED");
    assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(story).containsExactly("HELD->LOST");
    assertThat(first.state()).isEqualTo(SessionState.LOST);
    assertThat(first.remaining()).isZero();
    assertThat(lock.isHeld()).isFalse();
    assertThatThrownBy(lock::unlock).isInstanceOf(LockLostException.class);
    lock.lock();
    assertThat(lock.isHeld()).isTrue();
    assertThat(holdfast.session().id().orElseThrow().value())
        .isGreaterThan(first.id().orElseThrow().value());
    lock.unlock();
  }

  @Test
  void waiter_learns_that_the_session_is_lost() throws Exception {
    DistributedLock lock = holdfast.lock("x");
    lock.lock();
    CompletableFuture<Void> waiter = CompletableFuture.runAsync(lock::lock);
    await().until(() -> waitingCount() == 1);
    cluster.ask(
        each -> {
          each.killSession(holdfast.session().id().orElseThrow().value());
          return 0;
        });
    assertThatThrownBy(() -> waiter.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SessionExpiredException.class);
  }

  @Test
  void readers_share_writers_do_not() throws InterruptedException {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("config");
    lock.readLock().lock();
    inAnotherThread(
        () -> {
          assertThat(lock.readLock().tryLock()).isTrue();
          assertThat(lock.writeLock().tryLock()).isFalse();
          lock.readLock().unlock();
        });
    assertThatThrownBy(() -> lock.writeLock().lock())
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.ALREADY_HELD));
    lock.readLock().unlock();
    lock.writeLock().lock();
    assertThat(lock.readLock().tryLock()).isTrue();
    lock.writeLock().unlock();
    assertThat(lock.writeLock().isHeld()).isFalse();
    assertThat(lock.readLock().isHeld()).isTrue();
    inAnotherThread(() -> assertThat(lock.readLock().tryLock()).isFalse());
    lock.readLock().unlock();
    assertThat(grantCount()).isZero();
  }

  @Test
  void waiting_writer_holds_back_later_readers() throws Exception {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("config");
    lock.readLock().lock();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              lock.writeLock().lock();
              lock.writeLock().unlock();
            });
    await().until(() -> waitingCount() == 1);
    inAnotherThread(() -> assertThat(lock.readLock().tryLock()).isFalse());
    lock.readLock().unlock();
    writer.get(5, TimeUnit.SECONDS);
  }

  @Test
  void unlock_without_an_answer_is_unknown_and_goes_on() throws Exception {
    Holdfast hasty = client().requestTimeout(Duration.ofMillis(50)).connect();
    DistributedLock lock = hasty.lock("x");
    lock.lock();
    cluster.freeze(true);
    OutcomeUnknownException unknown =
        catchThrowableOfType(OutcomeUnknownException.class, lock::unlock);
    cluster.freeze(false);
    RequestId id = requireNonNull(unknown.requestId());
    assertThat(hasty.async().resolve(id).get(5, TimeUnit.SECONDS))
        .isInstanceOf(Resolution.Released.class);
    assertThat(lock.isHeld()).isFalse();
    assertThat(grantCount()).isZero();
    hasty.close();
  }
}
