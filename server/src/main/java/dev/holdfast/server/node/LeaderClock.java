package dev.holdfast.server.node;

/**
 * The cluster clock as the leader keeps it: it starts, when leadership is gained, where the last
 * applied entry left it, and is advanced by differences of a monotonic clock. Each difference is
 * clamped, so the time in which this node was paused, and the time in which there was no leader, is
 * charged to nobody: the clock may run slow, never fast, and never goes back.
 */
final class LeaderClock {
  /** A ticker advances the clock this often, so that an idle leader loses nothing to the clamp. */
  static final long TICK_NANOS = 100_000_000;

  /** No single difference counts for more than this. */
  static final long DIFFERENCE_NANOS_MAX = 200_000_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final NanoClock nanos;
  private boolean running;
  private long baseMillis;
  private long accumulatedNanos;
  private long lastNanos;
  private long term = -1;

  LeaderClock(NanoClock nanos) {
    this.nanos = nanos;
  }

  /**
   * Starts at the clock of the last applied entry. When the same term is gained again, after a
   * transfer of the leadership that came to nothing, stamps that are still in flight stay behind.
   */
  void start(long term, long appliedClockMillis) {
    long stampedMillis = this.term == term ? baseMillis + accumulatedNanos / NANOS_PER_MILLI : 0;
    this.term = term;
    baseMillis = Math.max(appliedClockMillis, stampedMillis);
    accumulatedNanos = 0;
    lastNanos = nanos.nanoTime();
    running = true;
  }

  void stop() {
    advance();
    running = false;
  }

  boolean isRunning() {
    return running;
  }

  /** The clock now, in milliseconds; advances it. */
  long nowMillis() {
    advance();
    return baseMillis + accumulatedNanos / NANOS_PER_MILLI;
  }

  /** How long until {@link #nowMillis} may first show this time; 0 if it does. */
  long nanosUntil(long clockMillis) {
    advance();
    long aheadMillis = clockMillis - baseMillis;
    if (aheadMillis > Long.MAX_VALUE / NANOS_PER_MILLI) {
      return Long.MAX_VALUE;
    }
    return Math.max(0, aheadMillis * NANOS_PER_MILLI - accumulatedNanos);
  }

  /** When the ticker is due, on the monotonic clock. */
  long nextTickNanos() {
    return lastNanos + TICK_NANOS;
  }

  void advance() {
    if (!running) {
      return;
    }
    long now = nanos.nanoTime();
    accumulatedNanos += Math.clamp(now - lastNanos, 0, DIFFERENCE_NANOS_MAX);
    lastNanos = now;
  }
}
