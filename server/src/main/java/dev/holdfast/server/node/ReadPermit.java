package dev.holdfast.server.node;

/** Whether a read may look at the map. */
public enum ReadPermit {
  /** Yes. */
  ALLOWED,
  /** No: the reader has seen a later revision than this node's map has. */
  BEHIND,
  /** No: no leader that a majority confirms answered in time. */
  NO_LEADER,
  /** No: too many reads wait here already. */
  OVERLOADED
}
