package dev.holdfast.client;

/** How a question about locks is answered. */
public enum Consistency {
  /** As of now: the node asks the leader first. Fails without a majority. */
  LINEARIZABLE,
  /** From the asked node's own map, at once; the answer says how old it may be. */
  LOCAL
}
