package dev.holdfast.verification.simulation;

/**
 * For how long there has been a leader that was running. The cluster's clock may not advance by
 * more than that, whatever happens: time without a leader is charged to nobody.
 */
final class LedTime {
  /** What a single pause or change of the leader may be charged with, in milliseconds. */
  private static final long CLAMP_MILLIS = 200;

  private static final long SLACK_MILLIS = 50;

  private final Universe universe;
  private boolean led;
  private long sinceNanos;
  private long ledNanos;
  private long interruptions;

  LedTime(Universe universe) {
    this.universe = universe;
  }

  /** Something happened that may have given the cluster a leader, or taken it. */
  void look() {
    long now = universe.scheduler.nowNanos();
    if (led) {
      ledNanos += now - sinceNanos;
    }
    sinceNanos = now;
    led = universe.nodes.stream().anyMatch(node -> node.isRunning() && node.raft.isAccepting());
  }

  /** A leader was paused and went on, or a new one came: each may lose track of a moment. */
  void interrupted() {
    interruptions++;
    look();
  }

  long interruptions() {
    return interruptions;
  }

  /** Nanoseconds without a leader, since the beginning. */
  long unledNanos() {
    look();
    return universe.scheduler.nowNanos() - ledNanos;
  }

  void requireNotAhead(long clockMillis) {
    look();
    double fastest = 1 + universe.faults.clockSpread();
    double mostMillis =
        ledNanos * fastest / Scheduler.MILLI + CLAMP_MILLIS * interruptions + SLACK_MILLIS;
    if (clockMillis > mostMillis) {
      throw new RuleBroken(
          Rule.CLOCK_NOT_AHEAD,
          "the cluster's clock shows "
              + clockMillis
              + " ms, but a leader was there for "
              + ledNanos / Scheduler.MILLI
              + " ms, interrupted "
              + interruptions
              + " times");
    }
  }
}
