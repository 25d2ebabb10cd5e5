package dev.holdfast.verification.simulation;

/**
 * The clocks of one machine: a monotonic one that runs a little fast or slow and stands still while
 * the machine is suspended, and a time of day that may jump.
 */
final class MachineClock {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final Scheduler scheduler;
  private final double rate;
  private final long offsetNanos;
  private long suspendedNanos;
  private long suspendedSinceNanos = -1;
  private long wallOffsetMillis;
  private boolean jumped;

  /**
   * A clock.
   *
   * @param rate local seconds per true second
   * @param offsetNanos what it shows at the beginning
   */
  MachineClock(Scheduler scheduler, double rate, long offsetNanos) {
    this.scheduler = scheduler;
    this.rate = rate;
    this.offsetNanos = offsetNanos;
  }

  double rate() {
    return rate;
  }

  /** The monotonic clock. */
  long nanoTime() {
    long until = suspendedSinceNanos >= 0 ? suspendedSinceNanos : scheduler.nowNanos();
    return offsetNanos + (long) ((until - suspendedNanos) * rate);
  }

  /** The time of day, which goes on while the machine is suspended. */
  long wallMillis() {
    return EPOCH_MILLIS + wallOffsetMillis + scheduler.nowNanos() / Scheduler.MILLI;
  }

  void jumpWall(long millis) {
    wallOffsetMillis += millis;
    jumped = true;
  }

  boolean hasJumped() {
    return jumped;
  }

  void suspend() {
    suspendedSinceNanos = scheduler.nowNanos();
  }

  void resume() {
    suspendedNanos += scheduler.nowNanos() - suspendedSinceNanos;
    suspendedSinceNanos = -1;
  }

  boolean isSuspended() {
    return suspendedSinceNanos >= 0;
  }

  /** The true time that passes while this clock advances by so much; never too short. */
  long trueNanos(long localNanos) {
    return (long) Math.ceil(localNanos / rate) + 1;
  }
}
