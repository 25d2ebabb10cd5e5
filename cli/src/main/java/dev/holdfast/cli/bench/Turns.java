package dev.holdfast.cli.bench;

import org.HdrHistogram.Histogram;

/**
 * How fairly one lock goes round: for each turn, how many hand-offs ago the same worker had its
 * last one. In strict first-come-first-served order every gap is about the number of workers. Only
 * one worker holds the lock at a time, so turns are told one after the other; the methods are
 * synchronized because they are told on different threads.
 */
final class Turns {
  private final long[] lastTurn;
  private long turn;
  private Histogram gaps = new Histogram(3);

  Turns(int workers) {
    lastTurn = new long[workers];
  }

  synchronized void taken(int worker) {
    turn++;
    if (lastTurn[worker] > 0) {
      gaps.recordValue(turn - lastTurn[worker]);
    }
    lastTurn[worker] = turn;
  }

  /** The gaps since the last call. */
  synchronized Histogram takeGaps() {
    Histogram taken = gaps;
    gaps = new Histogram(3);
    return taken;
  }
}
