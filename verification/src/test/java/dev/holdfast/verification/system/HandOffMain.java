package dev.holdfast.verification.system;

import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a hand-off costs in a cluster of three processes if many wait for the lock, beside one for
 * which ten wait. Whoever is granted releases at once and goes to the end of the queue. The two
 * locks take turns, so that both meet the same machine.
 *
 * <p>Arguments: how many wait in the long queue (99,000), and seconds of a turn (5); the first two
 * turns of each are for getting warm.
 */
final class HandOffMain {
  private static final int SESSIONS = 100;
  private static final int SHORT = 10;
  private static final int BATCH = 5_000;
  private static final int WARM_TURNS = 2;
  private static final int TURNS = 7;

  private HandOffMain() {}

  public static void main(String[] args) throws Exception {
    int many = args.length > 0 ? Integer.parseInt(args[0]) : 99_000;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path folder = Files.createTempDirectory("hand-off");
    RealCluster cluster = RealCluster.prepare(folder, 3).startAll();
    try {
      List<Holdfast> clients = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        clients.add(
            cluster.client(
                Holdfast.builder()
                    .endpoints(cluster.endpoints())
                    .sessionTtl(Duration.ofMinutes(1))));
      }
      Line shortLine = new Line("short");
      Line longLine = new Line("long");
      shortLine.fill(clients, SHORT + 1);
      longLine.fill(clients, many + 1);
      System.out.printf(Locale.ROOT, "%,d wait for one lock, %d for the other%n", many, SHORT);
      for (int turn = 0; turn < TURNS; turn++) {
        String warm = turn < WARM_TURNS ? " (warming)" : "";
        System.out.println("short" + warm + ": " + shortLine.turn(cluster, seconds));
        System.out.println("long " + warm + ": " + longLine.turn(cluster, seconds));
      }
    } finally {
      cluster.close();
    }
  }

  /** A lock and those who wait for it. */
  private static final class Line {
    private final String lock;
    private boolean moves;
    private long handOffs;
    private @Nullable Runnable next;
    private @Nullable Throwable failure;

    Line(String lock) {
      this.lock = lock;
    }

    /** The first holds; all others wait when this returns. */
    void fill(List<Holdfast> clients, int count) throws InterruptedException {
      for (int i = 0; i < count; i++) {
        Holdfast client = clients.get(i % clients.size());
        CountDownLatch one = new CountDownLatch(1);
        join(client, lock + i, one);
        if (i == 0) {
          requireTrue(one.await(1, TimeUnit.MINUTES), "the first was not granted");
        } else if (i % BATCH == 0 || i == count - 1) {
          // Not faster than a node takes them in.
          awaitQueue(clients.get(0), i);
        }
      }
    }

    private void awaitQueue(Holdfast client, int length) {
      await()
          .atMost(RealCluster.PATIENCE)
          .until(() -> isBroken() || client.check(lock).queueLength() == length);
      requireTrue(!isBroken(), lock + ": " + failure);
    }

    private synchronized boolean isBroken() {
      return failure != null;
    }

    private void join(Holdfast client, String owner, CountDownLatch granted) {
      var _ =
          client
              .async()
              .acquire(AcquireRequest.of(lock, Mode.X).owner(owner).waitForever())
              .whenComplete(
                  (grant, problem) -> {
                    granted.countDown();
                    if (grant != null) {
                      onGranted(client, owner, grant);
                    } else {
                      onProblem(problem);
                    }
                  });
    }

    private void onGranted(Holdfast client, String owner, LockGrant grant) {
      Runnable pass =
          () -> {
            var _ = grant.releaseAsync();
            join(client, owner, new CountDownLatch(1));
          };
      synchronized (this) {
        handOffs++;
        if (!moves) {
          next = pass;
          notifyAll();
          return;
        }
      }
      pass.run();
    }

    private synchronized void onProblem(Throwable problem) {
      failure = problem;
      notifyAll();
    }

    /** Lets the queue move for a while. */
    String turn(RealCluster cluster, int seconds) throws InterruptedException {
      Runnable first;
      synchronized (this) {
        requireTrue(failure == null, lock + ": " + failure);
        first = Objects.requireNonNull(next, lock);
        next = null;
        moves = true;
        handOffs = 0;
      }
      long cpuBefore = cpuNanos(cluster);
      long begin = System.nanoTime();
      first.run();
      long passed;
      synchronized (this) {
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        while (failure == null && System.nanoTime() < end) {
          TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
        }
        moves = false;
        while (next == null && failure == null) {
          wait();
        }
        passed = handOffs;
      }
      double took = (System.nanoTime() - begin) / 1e9;
      return String.format(
          Locale.ROOT,
          "%,.0f hand-offs/s, %.0f us of CPU each in the nodes",
          passed / took,
          (cpuNanos(cluster) - cpuBefore) / 1e3 / passed);
    }
  }

  private static long cpuNanos(RealCluster cluster) {
    return cluster.nodes().stream()
        .map(node -> ProcessHandle.of(cluster.process(node).pid()).orElseThrow())
        .mapToLong(process -> process.info().totalCpuDuration().orElseThrow().toNanos())
        .sum();
  }

  private static void requireTrue(boolean expected, String otherwise) {
    if (!expected) {
      throw new IllegalStateException(otherwise);
    }
  }
}
