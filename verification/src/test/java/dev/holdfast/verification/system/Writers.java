package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.DistributedLock;
import dev.holdfast.client.Holdfast;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that lock and unlock a few names as fast as they can, each on a thread of its own, and
 * look at what the locks protect: nobody else is inside, and tokens only grow.
 */
final class Writers implements AutoCloseable {
  private final List<Writer> writers = new ArrayList<>();
  private final Map<String, Protected> protectedByName = new TreeMap<>();
  private final Set<Long> tokens = ConcurrentHashMap.newKeySet();
  private final List<Throwable> errors = new CopyOnWriteArrayList<>();
  private volatile boolean stopping;

  /** What a lock protects. */
  private static final class Protected {
    final AtomicInteger inside = new AtomicInteger();
    final AtomicLong lastToken = new AtomicLong();

    void enter(long token) {
      assertThat(inside.incrementAndGet()).as("holders at once").isEqualTo(1);
      assertThat(token).as("token after %s", lastToken).isGreaterThan(lastToken.get());
      lastToken.set(token);
    }

    void leave() {
      inside.decrementAndGet();
    }
  }

  /** One client and its thread. */
  private final class Writer {
    final AtomicInteger pairs = new AtomicInteger();
    final Holdfast client;
    final Thread thread;

    Writer(Holdfast client, int number) {
      this.client = client;
      this.thread = Thread.ofPlatform().name("writer-" + number).start(this::run);
    }

    private void run() {
      List<String> names = List.copyOf(protectedByName.keySet());
      try {
        for (int i = 0; !stopping; i++) {
          lockAndUnlock(names.get(i % names.size()));
          pairs.incrementAndGet();
        }
      } catch (RuntimeException | AssertionError e) {
        errors.add(e);
      }
    }

    private void lockAndUnlock(String name) {
      DistributedLock lock = client.lock(name);
      Protected thing = Objects.requireNonNull(protectedByName.get(name));
      lock.lock();
      try {
        long token = lock.fencingToken().value();
        assertThat(tokens.add(token)).as("token %s is new", token).isTrue();
        thing.enter(token);
        assertThat(lock.isHeld()).as("held inside").isTrue();
        thing.leave();
      } finally {
        lock.unlock();
      }
    }
  }

  Writers(RealCluster cluster, int clients, int names) {
    for (int i = 0; i < names; i++) {
      protectedByName.put("written/" + i, new Protected());
    }
    for (int i = 0; i < clients; i++) {
      // A minute: with every node killed and started again on a busy machine nobody loses his
      // session.
      writers.add(
          new Writer(
              cluster.client(
                  Holdfast.builder()
                      .endpoints(cluster.endpoints())
                      .sessionTtl(Duration.ofMinutes(1))),
              i));
    }
  }

  /** Waits until every writer has come so much further. */
  void awaitPairs(int more) {
    List<Integer> before = writers.stream().map(writer -> writer.pairs.get()).toList();
    await("every writer locks and unlocks " + more + " times")
        .atMost(RealCluster.PATIENCE)
        .until(
            () -> {
              requireNoError();
              for (int i = 0; i < writers.size(); i++) {
                if (writers.get(i).pairs.get() < before.get(i) + more) {
                  return false;
                }
              }
              return true;
            });
  }

  /** How many grants were acknowledged, each with a token that no other has had. */
  int grants() {
    return tokens.size();
  }

  /** The tokens of all grants that were acknowledged. */
  Set<Long> tokens() {
    return Set.copyOf(tokens);
  }

  /** The locks. */
  Set<String> names() {
    return protectedByName.keySet();
  }

  /** Lets everybody finish, and hears whether anybody had an error. */
  void stop() throws InterruptedException {
    stopping = true;
    for (Writer writer : writers) {
      writer.thread.join(RealCluster.PATIENCE);
      assertThat(writer.thread.isAlive()).as("%s still waits", writer.thread).isFalse();
    }
    requireNoError();
  }

  private void requireNoError() {
    if (!errors.isEmpty()) {
      throw new AssertionError("a writer had an error", errors.get(0));
    }
  }

  @Override
  public void close() {
    stopping = true;
    writers.forEach(writer -> writer.client.close());
  }
}
