package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.fake.LiveCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The lock as its users see it, over a cluster in memory, by real threads: Lincheck's stress mode
 * compares what the plain map says with one that does one thing at a time; and threads that are interrupted all the while leave neither two holders nor a ghost.
 */
class DistributedLockStressTest {
  private static final LiveCluster CLUSTER = new LiveCluster();
  private static final AtomicLong LAST_NAME = new AtomicLong();
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

  /** What Lincheck calls, on a lock of its own each time; the plain map belongs to no thread. */
  public static final class PlainMap {
    private final String name = "stress/" + LAST_NAME.incrementAndGet();

    /** True if it was free. */
    @Operation
    public boolean preempt() throws InterruptedException {
      return holdfast.preempt(name).isGranted();
    }

    /** True if this client had it. */
    @Operation
    public boolean release() {
      return holdfast.release(name);
    }
  }

  /** The same, one thing at a time. */
  public static final class OneAtATime {
    private boolean held;

    public boolean preempt() {
      boolean free = !held;
      held = true;
      return free;
    }

    public boolean release() {
      boolean had = held;
      held = false;
      return had;
    }
  }

  @Test
  void plain_map_does_one_thing_at_a_time() {
    new StressOptions()
        .iterations(10)
        .invocationsPerIteration(150)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(OneAtATime.class)
        .check(PlainMap.class);
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
