package dev.holdfast.replication;

/** Why a node ends itself; the program that runs it has a process exit code for each. */
public enum ExitCode {
  /** The Raft engine stopped with an error of its own. */
  ENGINE_FAILED,
  /** The replica threw while applying an entry, which is a bug and would repeat on every node. */
  APPLY_FAILED,
  /** This leader could not commit although a majority answered, nor hand the leadership over. */
  COMMIT_STUCK,
  /** The log, the votes or a snapshot could not be written. */
  DISK_FAILED,
  /** The disk holds data that must not be used: damaged, another node's, or at odds with others. */
  DATA_REFUSED,
  /** Another process runs under this node's id, and other nodes hear from it. */
  NODE_ID_IN_USE
}
