package dev.holdfast.verification.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What happens when, in one universe: true time, in nanoseconds, moves from event to event. */
final class Scheduler {
  static final long MICRO = 1_000;
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000_000_000;

  /** More events at one moment than any universe needs: something spins. */
  private static final int AT_ONE_MOMENT_MAX = 100_000;

  private record Event(long atNanos, long order, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::order));
  private long nowNanos;
  private long nextOrder;
  private long run;
  private int atThisMoment;

  long nowNanos() {
    return nowNanos;
  }

  /** How many events have happened. */
  long eventsRun() {
    return run;
  }

  void after(long delayNanos, Runnable action) {
    events.add(new Event(nowNanos + Math.max(0, delayNanos), nextOrder++, action));
  }

  /** Lets everything happen until then, as long as the guard holds after each event. */
  void runUntil(long untilNanos) {
    while (!events.isEmpty() && events.peek().atNanos() <= untilNanos) {
      Event event = events.remove();
      atThisMoment = event.atNanos() == nowNanos ? atThisMoment + 1 : 0;
      if (atThisMoment > AT_ONE_MOMENT_MAX) {
        throw new RuleBroken(Rule.NOTHING_SPINS, "time stands still at " + nowNanos + " ns");
      }
      nowNanos = event.atNanos();
      run++;
      event.action().run();
    }
    nowNanos = Math.max(nowNanos, untilNanos);
  }

  void runFor(long nanos) {
    runUntil(nowNanos + nanos);
  }
}
