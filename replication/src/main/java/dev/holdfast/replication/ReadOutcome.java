package dev.holdfast.replication;

/** What became of a read barrier. */
public enum ReadOutcome {
  /** This node's replica has applied everything that was committed when the read was asked for. */
  APPLIED,
  /** No leader that a majority confirms was found in time; asking again is harmless. */
  FAILED
}
