package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.fake.LiveCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The lock as its users see it, over a cluster in memory, by real threads: those that are
 * interrupted all the while leave neither two holders nor a ghost. And what Lincheck's stress mode
 * found in the plain map; it is not run here, as it rewrites every class that is loaded, fails to
 * with some of protobuf's, and takes minutes.
 */
class DistributedLockStressTest {
  private static final LiveCluster CLUSTER = new LiveCluster();
  private static Holdfast holdfast;

  @BeforeAll
  static void connect() {
    holdfast =
        Holdfast.builder()
            .endpoints("a:1")
            .sessionTtl(Duration.ofSeconds(20))
            .network(CLUSTER.network())
            .connect();
  }

  @AfterAll
  static void close() {
    holdfast.close();
    CLUSTER.close();
  }

  @Test
  void who_is_refused_because_of_this_client_can_release_what_it_has() throws Exception {
    for (int round = 0; round < 300; round++) {
      String name = "map/" + round;
      CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> preempted(name));
      boolean mine = preempted(name);
      boolean released = holdfast.release(name);
      assertThat(other.get(5, TimeUnit.SECONDS) || mine).as("one of two is granted").isTrue();
      assertThat(released).as("round %s, own grant: %s", round, mine).isTrue();
      holdfast.release(name); // if the other one came only then
    }
    await().until(() -> CLUSTER.ask(each -> each.grants().size()) == 0);
  }

  private static boolean preempted(String name) {
    try {
      return holdfast.preempt(name).isGranted();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void interrupted_waiters_leave_neither_two_holders_nor_a_ghost() throws Exception {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("DistributedLockStressTest: -Dholdfast.seed=" + seed);
    AtomicInteger inside = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicLong lastToken = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Random random = new Random(seed + i);
      Thread thread =
          new Thread(
              () -> {
                for (int step = 0; step < 150; step++) {
                  use(holdfast.lock("interrupted"), random, inside, lastToken);
                }
              });
      thread.setUncaughtExceptionHandler((each, thrown) -> failure.set(thrown));
      threads.add(thread);
      thread.start();
    }
    Random random = new Random(seed);
    while (threads.stream().anyMatch(Thread::isAlive)) {
      threads.get(random.nextInt(threads.size())).interrupt();
      threads.get(random.nextInt(threads.size())).join(1);
    }
    assertThat(failure.get()).as("seed %s", seed).isNull();
    await().until(() -> CLUSTER.ask(each -> each.grants().size() + each.waitingCount()) == 0);
  }

  private static void use(
      DistributedLock lock, Random random, AtomicInteger inside, AtomicLong lastToken) {
    try {
      switch (random.nextInt(3)) {
        case 0 -> lock.lockInterruptibly();
        case 1 -> {
          if (!lock.tryLock(random.nextInt(4_000), TimeUnit.MICROSECONDS)) {
            return;
          }
        }
        default -> lock.lock();
      }
    } catch (InterruptedException left) {
      assertThat(lock.holdCount()).isZero();
      return;
    }
    try {
      assertThat(inside.incrementAndGet()).as("holders").isEqualTo(1);
      assertThat(lock.isHeld()).isTrue();
      long token = lock.fencingToken().value();
      assertThat(token).isGreaterThan(lastToken.getAndSet(token));
      inside.decrementAndGet();
    } finally {
      lock.unlock();
    }
  }
}
