package dev.holdfast.server.node;

/**
 * How long a lock's turns take: the time on the cluster clock from one turn's beginning to the next
 * one's, shared by those who were served together, as a moving average in which the last one counts
 * a quarter. With a mutex that is how long it is held while somebody waits for it.
 */
final class TurnTimes {
  private static final double LAST_COUNTS = 0.25;

  private boolean knowsBeginning;
  private long beganMillis;
  private double averageMillis = Double.NaN;

  /** The lock has been held since then; said again, it changes nothing. */
  void heldSince(long clockMillis) {
    if (!knowsBeginning) {
      began(clockMillis);
    }
  }

  /** Somebody was served without having waited: the last turn says nothing of how long it took. */
  void began(long clockMillis) {
    knowsBeginning = true;
    beganMillis = clockMillis;
  }

  /** So many who had waited were served. */
  void passed(int served, long clockMillis) {
    if (knowsBeginning) {
      double turnMillis = (double) Math.max(0, clockMillis - beganMillis) / served;
      averageMillis =
          Double.isNaN(averageMillis)
              ? turnMillis
              : averageMillis + LAST_COUNTS * (turnMillis - averageMillis);
    }
    began(clockMillis);
  }

  /** Nothing of what was seen is certain to be the last. */
  void forgetBeginning() {
    knowsBeginning = false;
  }

  /** When a place's turn may come; -1 if nothing is known. */
  long estimateMillis(int position, long clockMillis) {
    if (Double.isNaN(averageMillis)) {
      return -1;
    }
    long gone = knowsBeginning ? Math.max(0, clockMillis - beganMillis) : 0;
    double present = Math.max(0, averageMillis - gone);
    return Math.round(present + (position - 1) * averageMillis);
  }
}
