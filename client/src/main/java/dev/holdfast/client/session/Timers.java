package dev.holdfast.client.session;

import java.util.TreeSet;

/** What is to be done at which moment, in the order of moments, then of scheduling. */
final class Timers {
  /** Something to be done. */
  static final class Timer implements Comparable<Timer> {
    private final long atNanos;
    private final long serial;
    private final Runnable action;

    private Timer(long atNanos, long serial, Runnable action) {
      this.atNanos = atNanos;
      this.serial = serial;
      this.action = action;
    }

    @Override
    public int compareTo(Timer other) {
      int byMoment = Long.compare(atNanos, other.atNanos);
      return byMoment != 0 ? byMoment : Long.compare(serial, other.serial);
    }

    @Override
    public boolean equals(Object other) {
      return other == this;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(serial);
    }
  }

  private final TreeSet<Timer> timers = new TreeSet<>();
  private long lastSerial;

  Timer schedule(long atNanos, Runnable action) {
    Timer timer = new Timer(atNanos, ++lastSerial, action);
    timers.add(timer);
    return timer;
  }

  void cancel(Timer timer) {
    timers.remove(timer);
  }

  void clear() {
    timers.clear();
  }

  long nextNanos() {
    return timers.isEmpty() ? Long.MAX_VALUE : timers.first().atNanos;
  }

  void runDue(long nowNanos) {
    while (!timers.isEmpty() && timers.first().atNanos <= nowNanos) {
      Timer due = timers.pollFirst();
      due.action.run();
    }
  }
}
