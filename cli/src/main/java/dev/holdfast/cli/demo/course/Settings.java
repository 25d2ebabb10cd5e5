package dev.holdfast.cli.demo.course;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;

/**
 * What a course is made of.
 *
 * @param ops how many operations, 1 to 100,000
 * @param followers how many nodes besides the leader, 1 to 4
 * @param keys how many locks, 1 to 1,000
 * @param kind which locks
 * @param consensus how clients look at a lock
 * @param seed what the operations are drawn from
 */
record Settings(int ops, int followers, int keys, LockKind kind, Consensus consensus, long seed) {
  /** Which locks. */
  enum LockKind {
    /** Readers together, a writer alone. */
    RWLOCK,
    /** One at a time. */
    MUTEX
  }

  /** How clients look at a lock. */
  enum Consensus {
    /** Linearizable: as of now. */
    STRONG,
    /** As the client's own node knows it, at once. */
    WEAK
  }

  Settings {
    require("--ops", ops, 100_000);
    require("--followers", followers, 4);
    require("--keys", keys, 1_000);
  }

  private static void require(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new Failure(
          ExitCode.USAGE,
          option + " must be 1 to " + max + ", not " + value,
          "see: holdfast demo course --help");
    }
  }
}
