package dev.holdfast.server.watch;

import dev.holdfast.core.Event;
import java.util.List;
import java.util.Locale;

/**
 * Measures what an event costs the node's thread, for those who do not watch. Not a test: run it
 * before and after a change, on a quiet machine, and compare.
 */
final class WatchCostMain {
  private static final int EVENTS = 2_000_000;
  private static final int ROUNDS = 5;
  private static final int LOCKS = 64;

  private WatchCostMain() {}

  /** Prints nanoseconds an event, the best of some rounds. */
  public static void main(String[] args) {
    measure("nobody watches", 0, 0);
    measure("10,000 watch other locks", 10_000, 0);
    measure("10,000 watch other prefixes", 0, 10_000);
  }

  private static void measure(String what, int locks, int prefixes) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      WatchDesk desk = new WatchDesk(WatchLimits.DEFAULT);
      for (int i = 0; i < locks; i++) {
        new FakeWatcher().watch(desk, FakeWatcher.lock("other/" + i, 0));
      }
      for (int i = 0; i < prefixes; i++) {
        new FakeWatcher().watch(desk, FakeWatcher.prefix("other/" + i, 0));
      }
      best = Math.min(best, nanosPerEvent(desk));
    }
    System.out.printf(Locale.ROOT, "%-30s %6.0f ns an event%n", what, best);
  }

  private static double nanosPerEvent(WatchDesk desk) {
    String[] names = new String[LOCKS];
    for (int i = 0; i < LOCKS; i++) {
      names[i] = "bench/w1/worker-" + i;
    }
    long nanos = 0;
    for (int revision = 1; revision <= EVENTS; revision += 2) {
      String name = names[revision / 2 % LOCKS];
      List<Event> events =
          List.of(TestEvents.granted(revision, name), TestEvents.released(revision + 1, name));
      long start = System.nanoTime();
      desk.onApplied(events, revision + 1, 0);
      nanos += System.nanoTime() - start;
    }
    return (double) nanos / EVENTS;
  }
}
