package dev.holdfast.verification.simulation;

/** What must hold in every universe; the letters are those of the guarantees in the semantics. */
public enum Rule {
  /** G1: at every revision no two owners have grants that conflict. */
  EXCLUSIVE,
  /** G2: every grant has a token of its own, larger than all before. */
  TOKENS_GROW,
  /** G4: when the cluster ends a grant by time, or gives it to another, its client knows before. */
  NO_LATE_HOLDER,
  /** G5: no session ends before its TTL has passed since the sending of an acknowledged renewal. */
  NO_EARLY_EXPIRY,
  /** G6: what a dead session held passes on in bounded time. */
  DEAD_PASS_ON,
  /** G7: a number has one effect and one answer. */
  EXACTLY_ONCE,
  /** G8 and all other rules of the map: it is what the slow, obvious model makes of the log. */
  AS_THE_MODEL,
  /** G9: nobody holds or waits without knowing, nobody believes to who does not. */
  NO_GHOSTS,
  /** G9: whoever waits is served once those before have gone. */
  SERVED,
  /** G10: what was acknowledged had been applied, and stays. */
  ACKNOWLEDGED_IS_COMMITTED,
  /**
   * G15: a watcher is told every event once, in order, or to look; in the end it has been told all.
   */
  WATCH_GAPLESS,
  /** G16: equal on every node at equal revision, snapshots to the byte. */
  REPLICAS_EQUAL,
  /** G17: a deadlock that is told is one, and ends with its victim. */
  DEADLOCK_REAL,
  /** G17: after no command do some wait for each other for ever. */
  DEADLOCK_FOUND,
  /** G18: a linearizable read shows everything that was acknowledged before it. */
  READS_LINEARIZABLE,
  /** Whoever writes to a file holds its lock at that moment. */
  FILE_FENCED,
  /**
   * An append that was acknowledged is in its file once, in one piece, until it is cut off or the
   * file removed; one that was refused is not, and nothing that nobody asked for.
   */
  FILE_ONCE,
  /** What a holder left open is cut off in the step of its unclean end, and nothing else is. */
  FILE_ROLLED_BACK,
  /** A session says so when it comes into jeopardy, and when it is lost, and not without reason. */
  JEOPARDY_TOLD,
  /** A renewal that was acknowledged had been applied. */
  RENEWAL_APPLIED,
  /** Time without a leader, and pauses of the leader, are charged to nobody. */
  CLOCK_NOT_AHEAD,
  /** When nothing goes wrong any more, nobody's session is in doubt or lost. */
  CALM_IS_CALM,
  /** A cluster without deadlines writes nothing. */
  IDLE_WRITES_NOTHING,
  /** A node or a client that waits for time does not turn in circles. */
  NOTHING_SPINS,
  /** What the nodes record breaks no rule of the checker of recorded runs. */
  HISTORY,
  /** Nothing throws. */
  NO_EXCEPTION
}
