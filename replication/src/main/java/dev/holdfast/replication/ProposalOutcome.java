package dev.holdfast.replication;

/** What is known about a proposal. */
public enum ProposalOutcome {
  /** Committed, and applied by this node's replica. */
  COMMITTED,
  /**
   * This node did not lead the term, stopped leading it, was overloaded or stopped. The entry may
   * yet be committed: the engine reports "never appended" and "stepped down, may commit" alike, so
   * only the numbers inside the entry can tell whether a second sending is a second execution.
   */
  OUTCOME_UNKNOWN
}
