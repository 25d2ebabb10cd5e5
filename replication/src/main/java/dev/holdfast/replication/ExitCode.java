package dev.holdfast.replication;

/** Why a node ended itself; the numbers are process exit codes and never change their meaning. */
public enum ExitCode {
  /** The Raft engine stopped with an error of its own. */
  ENGINE_FAILED(70),
  /** The replica threw while applying an entry, which is a bug and would repeat on every node. */
  APPLY_FAILED(71),
  /** This leader could not commit although a majority answered, nor hand the leadership over. */
  COMMIT_STUCK(72),
  /** The log, the votes or a snapshot could not be written. */
  DISK_FAILED(73),
  /** The disk holds data that must not be used: damaged, or another node's. */
  DATA_REFUSED(74);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The process exit code. */
  public int number() {
    return number;
  }
}
