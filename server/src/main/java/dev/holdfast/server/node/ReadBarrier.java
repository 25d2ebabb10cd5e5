package dev.holdfast.server.node;

import dev.holdfast.replication.ReadOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets linearizable reads pass once this node's map shows everything that was committed when they
 * were asked for. Reads that come while one question to the leader is under way share the next one.
 */
final class ReadBarrier {
  /** What became of a wait. */
  enum Passage {
    /** The map may be read. */
    PASSED,
    /** No leader that a majority confirms answered in time. */
    NO_LEADER,
    /** Too many reads wait already. */
    OVERLOADED
  }

  /** Hears once, on the node's thread. */
  @FunctionalInterface
  interface Reader {
    void onPassage(Passage passage);
  }

  private record Waiting(Reader reader, long giveUpNanos) {}

  private static final long PATIENCE_NANOS = 3_000_000_000L;
  private static final long PAUSE_NANOS = 50_000_000;

  private final NanoClock nanos;
  private final NodeLog log;
  private final int waitingMax;
  private List<Waiting> waiting = new ArrayList<>();
  private boolean asking;
  private boolean pausing;
  private long pauseUntilNanos;
  private int askedCount;

  ReadBarrier(NanoClock nanos, NodeLog log, int waitingMax) {
    this.nanos = nanos;
    this.log = log;
    this.waitingMax = waitingMax;
  }

  void await(Reader reader) {
    if (waiting.size() + askedCount >= waitingMax) {
      reader.onPassage(Passage.OVERLOADED);
      return;
    }
    waiting.add(new Waiting(reader, nanos.nanoTime() + PATIENCE_NANOS));
  }

  /** Asks, if somebody waits and no question is under way. To be called after waiting events. */
  void send() {
    if (asking || waiting.isEmpty()) {
      return;
    }
    if (pausing && nanos.nanoTime() - pauseUntilNanos < 0) {
      return;
    }
    pausing = false;
    asking = true;
    List<Waiting> asked = waiting;
    waiting = new ArrayList<>();
    askedCount = asked.size();
    log.readIndex(outcome -> onOutcome(asked, outcome));
  }

  long nanosUntilDue(long now) {
    return pausing && !asking && !waiting.isEmpty()
        ? Math.max(0, pauseUntilNanos - now)
        : Long.MAX_VALUE;
  }

  private void onOutcome(List<Waiting> asked, ReadOutcome outcome) {
    asking = false;
    askedCount = 0;
    switch (outcome) {
      case APPLIED -> asked.forEach(each -> each.reader().onPassage(Passage.PASSED));
      case FAILED -> {
        long now = nanos.nanoTime();
        pausing = true;
        pauseUntilNanos = now + PAUSE_NANOS;
        List<Waiting> again = new ArrayList<>();
        for (Waiting each : asked) {
          if (now - each.giveUpNanos() >= 0) {
            each.reader().onPassage(Passage.NO_LEADER);
          } else {
            again.add(each);
          }
        }
        again.addAll(waiting);
        waiting = again;
      }
    }
  }
}
