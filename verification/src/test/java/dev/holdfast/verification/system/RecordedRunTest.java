package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.DistributedLock;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.history.check.HistoryChecker;
import dev.holdfast.history.check.Rule;
import dev.holdfast.history.check.Summary;
import dev.holdfast.history.file.HistoryReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What real nodes and clients record while the leader is killed breaks no rule. */
@Timeout(180)
final class RecordedRunTest {
  private static final int CLIENTS = 3;
  private static final int THREADS_PER_CLIENT = 2;
  private static final int TURNS_BETWEEN_FAULTS = 60;
  private static final List<String> LOCKS = List.of("orders", "orders/1", "orders/2", "stock");

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private final AtomicLong turns = new AtomicLong();
  private volatile boolean stopping;

  @Test
  void recordings_of_nodes_and_clients_break_no_rule() throws Exception {
    Path run = clusters.folder().resolve("recorded");
    RealCluster cluster = clusters.prepare(3);
    for (String node : cluster.nodes()) {
      Files.writeString(
          cluster.configuration(node),
          "\nhistory: \"" + run.resolve(node + ".jsonl") + "\"\n",
          StandardOpenOption.APPEND);
    }
    cluster.startAll();
    List<Holdfast> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Path file = run.resolve("client-" + i + ".jsonl");
      clients.add(cluster.client(Holdfast.builder().endpoints(cluster.endpoints()).history(file)));
    }
    work(cluster, clients);
    clients.forEach(Holdfast::close);
    for (String node : cluster.nodes()) {
      cluster.process(node).terminate();
      assertThat(cluster.process(node).awaitExit()).as("exit code of %s", node).isZero();
    }

    Summary summary = requireNothingBroken(run);
    assertThat(summary.operations()).isGreaterThan(3 * TURNS_BETWEEN_FAULTS);
    assertThat(summary.reads()).isPositive();
    for (Rule rule :
        List.of(
            Rule.CONFLICTING_GRANTS,
            Rule.OVERTAKEN,
            Rule.WAITER_FORGOTTEN,
            Rule.ACKNOWLEDGED_STEP_MISSING,
            Rule.HOLDINGS_OVERLAP,
            Rule.REAL_TIME_ORDER,
            Rule.ANSWERED_BEFORE_APPLIED,
            Rule.READ_STALE,
            Rule.READ_WRONG_STATE,
            Rule.NODES_DISAGREE)) {
      assertThat(summary.checks().get(rule)).as("checks of %s", rule).isPositive();
    }
  }

  private void work(RealCluster cluster, List<Holdfast> clients) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(CLIENTS * THREADS_PER_CLIENT);
    List<Future<?>> work = new ArrayList<>();
    for (int i = 0; i < CLIENTS * THREADS_PER_CLIENT; i++) {
      Holdfast client = clients.get(i % CLIENTS);
      SplittableRandom random = new SplittableRandom(i);
      work.add(workers.submit(() -> turn(client, random)));
    }
    try {
      awaitTurns();
      String leader = cluster.leader();
      cluster.kill(leader);
      awaitTurns();
      cluster.start(leader);
      cluster.awaitReady();
      awaitTurns();
    } finally {
      stopping = true;
      workers.shutdown();
    }
    assertThat(workers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    for (Future<?> each : work) {
      each.get();
    }
  }

  private void awaitTurns() {
    long target = turns.get() + TURNS_BETWEEN_FAULTS;
    await().atMost(RealCluster.PATIENCE).until(() -> turns.get() >= target);
  }

  private Object turn(Holdfast client, SplittableRandom random) throws Exception {
    while (!stopping) {
      String name = LOCKS.get(random.nextInt(LOCKS.size()));
      switch (random.nextInt(6)) {
        case 0 ->
            client
                .preempt(AcquireRequest.of(name, Mode.S).lease(Duration.ofSeconds(2)))
                .grant()
                .ifPresent(LockGrant::release);
        case 1 -> {
          boolean linearizable = random.nextBoolean();
          var _ =
              client
                  .cluster()
                  .check(name, linearizable ? Consistency.LINEARIZABLE : Consistency.LOCAL, 0);
        }
        case 2 -> hold(client.readWriteLock(name).readLock(), 20);
        default -> hold(client.lock(name), random.nextBoolean() ? 20 : 10_000);
      }
      turns.incrementAndGet();
    }
    return turns;
  }

  private static void hold(DistributedLock lock, long waitMillis) throws InterruptedException {
    if (lock.tryLock(waitMillis, TimeUnit.MILLISECONDS)) {
      lock.unlock();
    }
  }

  private static Summary requireNothingBroken(Path run) throws IOException {
    HistoryChecker checker = new HistoryChecker();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.sorted().toList()) {
        HistoryReader.read(file, checker::add, bytes -> {});
      }
    }
    assertThat(checker.finish()).isEmpty();
    return checker.summary();
  }
}
