package dev.holdfast.server.node;

/**
 * Decides when the leader proposes an entry for the sake of time alone: when the map's next
 * deadline has come and no entry in flight carries a clock that late, and, while any deadline is
 * pending, so often that a leader change loses at most half a second of the clock. Without
 * deadlines it asks for nothing, so a cluster without sessions writes nothing.
 */
final class DeadlineTicker {
  /** Committed at least every 500 ms, so proposed a little more often. */
  static final long CLOCK_ENTRY_NANOS = 400_000_000;

  private static final long NONE = Long.MAX_VALUE;

  private final LeaderClock clock;
  private long nextDeadlineMillis = NONE;
  private long flyingStampMillis = Long.MIN_VALUE;
  private long lastStampNanos;

  DeadlineTicker(LeaderClock clock) {
    this.clock = clock;
  }

  /** An entry was applied, or a snapshot restored. */
  void onApplied(long nextDeadlineMillis) {
    this.nextDeadlineMillis = nextDeadlineMillis;
  }

  /** This node leads from now on; the last entry with a clock may be long ago. */
  void onLeadershipGained(long nowNanos) {
    flyingStampMillis = Long.MIN_VALUE;
    lastStampNanos = nowNanos - CLOCK_ENTRY_NANOS;
  }

  /** An entry with this stamp was proposed. */
  void onStamped(long stampMillis, long nowNanos) {
    flyingStampMillis = stampMillis;
    lastStampNanos = nowNanos;
  }

  /** No entry is in flight any more: each was applied or given up. */
  void onNothingInFlight() {
    flyingStampMillis = Long.MIN_VALUE;
  }

  /** Whether an entry is wanted now. */
  boolean isDue(long nowNanos) {
    if (!clock.isRunning() || nextDeadlineMillis == NONE) {
      return false;
    }
    boolean deadlineCame =
        flyingStampMillis < nextDeadlineMillis && clock.nowMillis() >= nextDeadlineMillis;
    return deadlineCame || nowNanos - lastStampNanos >= CLOCK_ENTRY_NANOS;
  }

  /**
   * Nanoseconds until {@link #isDue} may turn true; {@link Long#MAX_VALUE} if nothing is pending.
   */
  long nanosUntilDue(long nowNanos) {
    if (!clock.isRunning() || nextDeadlineMillis == NONE) {
      return Long.MAX_VALUE;
    }
    long untilEntry = Math.max(0, lastStampNanos + CLOCK_ENTRY_NANOS - nowNanos);
    return flyingStampMillis < nextDeadlineMillis
        ? Math.min(untilEntry, clock.nanosUntil(nextDeadlineMillis))
        : untilEntry;
  }
}
