package dev.holdfast.client.session;

/**
 * Until when a fixed lease is certain, and as long as what.
 *
 * @param deadlineNanos on the monotonic clock
 * @param wallOffsetMaxMillis how far wall time may have run ahead of the monotonic clock by then;
 *     if it is further ahead, the machine has slept since the estimate was made, the monotonic
 *     clock stood still, and the deadline is too late
 */
record LeaseEnd(long deadlineNanos, long wallOffsetMaxMillis) {
  /** Certain for as long as the session is. */
  static final LeaseEnd NONE = new LeaseEnd(Long.MAX_VALUE, Long.MAX_VALUE);

  /**
   * The better one of two estimates: the later one, unless a sleep has spoilt it.
   *
   * @param wallOffsetMillis how far wall time is ahead now
   */
  LeaseEnd or(LeaseEnd other, long wallOffsetMillis) {
    boolean spoilt = wallOffsetMillis > wallOffsetMaxMillis;
    boolean otherSpoilt = wallOffsetMillis > other.wallOffsetMaxMillis;
    if (spoilt != otherSpoilt) {
      return spoilt ? other : this;
    }
    boolean later = deadlineNanos >= other.deadlineNanos;
    return later != spoilt ? this : other;
  }
}
