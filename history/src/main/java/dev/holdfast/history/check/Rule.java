package dev.holdfast.history.check;

/**
 * What a history must obey, one constant for each rule. The guarantees in brackets are those of
 * {@code docs/semantics.md}.
 */
public enum Rule {
  /**
   * At every revision, no two owners have grants that exclude each other; what a grant means for
   * the locks above is included (G1).
   */
  CONFLICTING_GRANTS,
  /** At every revision, no more permits of a semaphore are held than its limit (G1). */
  TOO_MANY_PERMITS,
  /** All who use a name at one time use it in modes, or all as a semaphore with one limit. */
  KINDS_MIXED,
  /** What a grant that has ended keeps reserved is granted to nobody before its end. */
  RESERVATION_IGNORED,
  /**
   * A reservation does not end before its time on the cluster clock, unless an operator ends it.
   */
  RESERVATION_ENDED_EARLY,
  /** A conversion downwards leaves a grant with less than it had, and happens to what is held. */
  CONVERTED_WRONGLY,
  /** A grant that comes in the place of another comes in the step in which that one ends so. */
  REPLACED_WRONGLY,
  /** A token, and the revision that it is, belongs to one request (G2). */
  TOKEN_NOT_UNIQUE,
  /** A later grant has a larger token, and every token is larger than its ticket (G2). */
  TOKEN_NOT_INCREASING,

  /**
   * A request is granted only when no earlier one of another owner that conflicts with it waits;
   * the named exceptions are conversions, hand-over and passing (G8).
   */
  OVERTAKEN,
  /** A waiting request that nothing stands in the way of is granted in the same command (G9). */
  WAITER_FORGOTTEN,
  /** Only a waiting request passes another, an earlier one, that excludes it. */
  PASSED_WRONGLY,
  /** Each owner in a deadlock waits for what the next one holds, at that revision (G17). */
  FALSE_DEADLOCK,
  /** The victim of a deadlock leaves the queues in the same step, and nobody else does so (G17). */
  VICTIM_STAYED,
  /** A preempt never waits. */
  PREEMPT_WAITED,
  /** An owner has at most one waiting request. */
  OWNER_WAITS_TWICE,
  /** A request that has left the queues is not granted any more (G9). */
  GRANTED_AFTER_LEAVING,

  /** A request has one effect (G7). */
  EXECUTED_TWICE,
  /** All final answers to one request are equal (G7). */
  ANSWERS_DIFFER,
  /** What a node granted is what the client asked for. */
  GRANT_NOT_AS_ASKED,
  /** What a client was told was applied at that revision by every node (G10). */
  ACKNOWLEDGED_STEP_MISSING,

  /** Only the session that holds a grant releases or extends it. */
  RELEASED_BY_ANOTHER,
  /** What is released was granted, and had not ended before. */
  RELEASED_WITHOUT_GRANT,
  /** A lock's value is changed by whoever holds the lock in SIX or X. */
  VALUE_CHANGED_BY_ANOTHER,
  /** A value becomes invalid when whoever could change it ended uncleanly. */
  VALUE_LEFT_VALID,
  /** A file is written to, or removed, under a grant that stands and has a file's lock. */
  WRITTEN_WITHOUT_GRANT,
  /** Only a holder is asked to let go. */
  REVOKED_WITHOUT_GRANT,
  /** A grant ends for a reason: the holder is not told that its token is stale before (G9). */
  GRANT_LOST,
  /** What a session holds and waits for ends with it, at the same revision. */
  GRANT_OUTLIVES_SESSION,
  /** A session that has ended, or has not begun, is granted nothing and waits for nothing. */
  ACTED_OUTSIDE_SESSION,

  /**
   * No session expires earlier than its TTL after the sending of its last acknowledged renewal
   * (G5).
   */
  SESSION_EXPIRED_EARLY,
  /** A fixed lease does not end before its time on the cluster clock. */
  LEASE_EXPIRED_EARLY,
  /** Clients do not say "held" at one moment of things that exclude each other (G4). */
  HOLDINGS_OVERLAP,
  /** A client does not say "held" any more when a node has applied the end of the grant (G4). */
  HELD_TOO_LONG,
  /** A client says "held" only of what was granted to its session. */
  HELD_WITHOUT_GRANT,

  /** What was asked for after something else was answered has a greater revision. */
  REAL_TIME_ORDER,
  /** A node answers what its own map has applied. */
  ANSWERED_BEFORE_APPLIED,
  /** A linearizable read shows everything that was answered before it was asked for (G18). */
  READ_STALE,
  /** A read shows nothing that was asked for after it was answered. */
  READ_FROM_FUTURE,
  /** A read shows who held the lock at the revision that it names. */
  READ_WRONG_STATE,
  /** A client's reads do not go back, nor behind what it was answered, on whatever node. */
  READ_WENT_BACK,

  /** At one revision, every node applies the same (G16). */
  NODES_DISAGREE,
  /** A node applies in the order of revisions. */
  NODE_WENT_BACK,
  /** The cluster clock does not go back. */
  CLUSTER_CLOCK_WENT_BACK,
  /** A term has at most one leader. */
  TWO_LEADERS_IN_ONE_TERM
}
