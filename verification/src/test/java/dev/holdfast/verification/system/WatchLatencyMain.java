package dev.holdfast.verification.system;

import dev.holdfast.client.DistributedLock;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockEvent;
import dev.holdfast.client.Watch;
import dev.holdfast.client.WatchListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * How long it takes from the moment at which a client asks for a lock until somebody who watches it
 * at another node is told that it was granted: the commit is in it, and the way of the answer is
 * not. Three processes, one client, one watcher, one lock, one thing at a time.
 *
 * <p>Arguments: how many grants are measured (2,000), after as many to get warm.
 */
final class WatchLatencyMain {
  private WatchLatencyMain() {}

  public static void main(String[] args) throws Exception {
    int wanted = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
    Path folder = Files.createTempDirectory("watch-latency");
    RealCluster cluster = RealCluster.prepare(folder, 3).startAll();
    try {
      String leader = cluster.leader();
      for (String node : cluster.nodes()) {
        long[] micros = measured(cluster, node, wanted);
        System.out.printf(
            Locale.ROOT,
            "watcher at %s%s: p50 %.2f ms, p99 %.2f ms, most %.2f ms (%d grants)%n",
            node,
            node.equals(leader) ? " (leader)" : "",
            micros[wanted / 2] / 1_000.0,
            micros[wanted - 1 - wanted / 100] / 1_000.0,
            micros[wanted - 1] / 1_000.0,
            wanted);
      }
    } finally {
      cluster.close();
    }
  }

  private static long[] measured(RealCluster cluster, String node, int wanted)
      throws InterruptedException {
    BlockingQueue<Long> told = new LinkedBlockingQueue<>();
    WatchListener listener =
        new WatchListener() {
          @Override
          public void happened(LockEvent event) {
            if (event instanceof LockEvent.Granted) {
              told.add(System.nanoTime());
            }
          }

          @Override
          public void resync(long revision) {
            throw new IllegalStateException("events were lost at revision " + revision);
          }
        };
    Holdfast watcher = cluster.client(Holdfast.builder().endpoints(cluster.endpoint(node)));
    Holdfast client = cluster.client();
    long[] micros = new long[wanted];
    try (Watch _ = watcher.watch("watched", listener)) {
      DistributedLock lock = client.lock("watched");
      for (int i = -wanted; i < wanted; i++) {
        long asked = System.nanoTime();
        lock.lock();
        try {
          long took = told.take() - asked;
          if (i >= 0) {
            micros[i] = took / 1_000;
          }
        } finally {
          lock.unlock();
        }
      }
    }
    Arrays.sort(micros);
    return micros;
  }
}
