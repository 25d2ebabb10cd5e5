package dev.holdfast.server;

/**
 * Why a node ended; the numbers are process exit codes, follow sysexits.h where that has a word for
 * it, and never change their meaning. Listed in docs/configuration.md.
 */
public enum ExitCode {
  /** Stopped because it was asked to, by SIGTERM or SIGINT. */
  STOPPED(0),
  /** The command line cannot be understood. */
  USAGE(64),
  /** A bug: something happened that cannot happen. The log says where; please report it. */
  BUG(70),
  /** The Raft engine stopped with an error of its own. */
  ENGINE_FAILED(71),
  /** As leader it could not commit although a majority answered, nor hand the leadership over. */
  COMMIT_STUCK(72),
  /** The data directory is in use, belongs to another node, or is damaged. */
  DATA_REFUSED(73),
  /** The disk is full or failed. */
  DISK_FAILED(74),
  /** A port is in use; starting again later may help. */
  PORT_IN_USE(75),
  /** Another process runs under this node's id, and other nodes hear from it. */
  NODE_ID_IN_USE(77),
  /** The configuration cannot be used. */
  CONFIGURATION(78);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The process exit code. */
  public int number() {
    return number;
  }

  /** The exit code for what the log reports. */
  static ExitCode of(dev.holdfast.replication.ExitCode code) {
    return switch (code) {
      case ENGINE_FAILED -> ENGINE_FAILED;
      case APPLY_FAILED -> BUG;
      case COMMIT_STUCK -> COMMIT_STUCK;
      case DISK_FAILED -> DISK_FAILED;
      case DATA_REFUSED -> DATA_REFUSED;
      case NODE_ID_IN_USE -> NODE_ID_IN_USE;
    };
  }
}
