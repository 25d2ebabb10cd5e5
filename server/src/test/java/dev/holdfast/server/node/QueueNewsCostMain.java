package dev.holdfast.server.node;

import dev.holdfast.core.LockStateMachine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Measures what news of places in queues cost a node: the desk's time for each hand-off of a lock
 * with many waiters. Not a test: run it on a quiet machine.
 */
public final class QueueNewsCostMain {
  private static final int HAND_OFFS = 2_000;

  private QueueNewsCostMain() {}

  /**
   * Measures.
   *
   * @param args how many wait; without, 10,000
   */
  public static void main(String[] args) {
    int waiters = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    for (int round = 0; round < 3; round++) {
      measure(waiters, false, 1);
      measure(waiters, true, 1);
      measure(waiters, true, 100);
    }
  }

  private static void measure(int waiters, boolean wish, long millisBetween) {
    NewsBench bench = new NewsBench(QueueNewsLimits.NODE);
    List<NewsBench.Session> all = new ArrayList<>();
    for (int i = 0; i <= waiters; i++) {
      NewsBench.Session session = bench.open();
      long sequence = session.acquire("lock");
      if (wish) {
        session.wish(sequence);
      }
      all.add(session);
    }
    bench.settle();
    Deque<NewsBench.Session> holders = new ArrayDeque<>(all);
    long told = 0;
    long nanos = 0;
    for (int i = 0; i < HAND_OFFS; i++) {
      holders.remove().release();
      bench.advanceMillis(millisBetween);
      long beganNanos = System.nanoTime();
      bench.settle();
      nanos += System.nanoTime() - beganNanos;
    }
    for (NewsBench.Session session : all) {
      told += session.news.size();
    }
    long revision = bench.read(LockStateMachine::revision);
    System.out.printf(
        "%d waiters, %s, a hand-off each %d ms: %.2f us and %.1f news a hand-off (revision %d)%n",
        waiters,
        wish ? "all wish news" : "nobody wishes news",
        millisBetween,
        nanos / 1e3 / HAND_OFFS,
        (double) told / HAND_OFFS,
        revision);
  }
}
