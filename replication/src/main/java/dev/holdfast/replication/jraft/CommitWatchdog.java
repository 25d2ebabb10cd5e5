package dev.holdfast.replication.jraft;

/**
 * Notices a leader that cannot commit although nothing seems to be wrong.
 *
 * <p>Such stalls of the engine have been reported: a replicator that was never woken again, while
 * its heartbeats went on and kept everyone else from standing. The engine offers no way to step
 * down, so the leadership is handed over, and if that does not help either, the process ends.
 *
 * <p>Not safe for use by many threads; the clock is handed in.
 */
final class CommitWatchdog {
  /** What to do about what was seen. */
  enum Verdict {
    FINE,
    /** Give the leadership to another node. Said once for each stall. */
    HAND_OVER,
    /** End the process: handing over has not helped either. Said once. */
    GIVE_UP
  }

  /**
   * What there is to see at one moment.
   *
   * @param leading whether this node leads
   * @param outstanding proposals of this node that are neither applied nor failed
   * @param appliedIndex the last entry applied here
   * @param majorityAnswers whether a majority has answered heartbeats within an election time-out
   */
  record Sight(boolean leading, int outstanding, long appliedIndex, boolean majorityAnswers) {}

  private final long limitNanos;
  private long progressNanos;
  private long lastAppliedIndex = -1;
  private Verdict last = Verdict.FINE;

  CommitWatchdog(long limitNanos, long nowNanos) {
    this.limitNanos = limitNanos;
    this.progressNanos = nowNanos;
  }

  /** Two election time-outs, at least 3 s. */
  static long limitNanos(int electionTimeoutMillis) {
    return Math.max(2L * electionTimeoutMillis, 3_000) * 1_000_000;
  }

  Verdict look(Sight sight, long nowNanos) {
    boolean excused =
        !sight.leading
            || sight.outstanding == 0
            || !sight.majorityAnswers
            || sight.appliedIndex != lastAppliedIndex;
    lastAppliedIndex = sight.appliedIndex;
    if (excused) {
      progressNanos = nowNanos;
      last = Verdict.FINE;
      return Verdict.FINE;
    }
    long stalledNanos = nowNanos - progressNanos;
    if (last == Verdict.FINE && stalledNanos >= limitNanos) {
      last = Verdict.HAND_OVER;
      return last;
    }
    if (last == Verdict.HAND_OVER && stalledNanos >= 2 * limitNanos) {
      last = Verdict.GIVE_UP;
      return last;
    }
    return Verdict.FINE;
  }
}
