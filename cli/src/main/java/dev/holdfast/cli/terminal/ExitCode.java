package dev.holdfast.cli.terminal;

/**
 * How the command ended, for scripts. The numbers from 64 on are those of {@code sysexits.h}; they
 * are documented and never change their meaning.
 */
public enum ExitCode {
  /** Done. */
  OK(0),
  /**
   * The command ran and what it found is not what was expected: a demo's check failed, a token is
   * not current.
   */
  FAILED(1),
  /** The command line cannot be understood. */
  USAGE(64),
  /** A file that was given cannot be read, or is not what it should be. */
  UNREADABLE(65),
  /** A bug in this program. */
  BUG(70),
  /** No node could be reached, or the cluster has no leader. */
  UNAVAILABLE(69),
  /**
   * The lock was not acquired: held by another, or the time ran out. Trying again later may
   * succeed.
   */
  NOT_ACQUIRED(75),
  /** The lock was lost while the command under it ran. */
  LOCK_LOST(76),
  /** The cluster refused what was asked. */
  REFUSED(77),
  /** A configuration or an environment variable is wrong. */
  CONFIGURATION(78),
  /** The recorded run breaks a rule of the service. */
  RULE_BROKEN(79),
  /** A demonstration of what happens without fencing ended as it must: with something spoiled. */
  SPOILED(80),
  /** The command to run under the lock may not be executed (as in a shell). */
  COMMAND_NOT_EXECUTABLE(126),
  /** The command to run under the lock does not exist (as in a shell). */
  COMMAND_NOT_FOUND(127),
  /** Ended by ^C (128 + SIGINT). */
  INTERRUPTED(130),
  /** Ended by SIGTERM (128 + 15). */
  TERMINATED(143);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** What the process ends with, 0 to 255. */
  public int number() {
    return number;
  }
}
