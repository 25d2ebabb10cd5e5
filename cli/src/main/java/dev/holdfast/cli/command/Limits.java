package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.LockCheck;
import java.time.Duration;

/** How many rows a list has. */
final class Limits {
  /** Most that a node tells at once. */
  static final int PAGE_MAX = 1_000;

  private Limits() {}

  static void requireAtLeastOne(int limit) {
    if (limit < 1) {
      throw new Failure(
          ExitCode.USAGE,
          "--limit must be 1 or more, not " + limit,
          "leave it out for the default");
    }
  }

  /**
   * A length of time that is neither too short nor too long.
   *
   * @param option how it is called
   * @param range the range in words
   * @throws Failure it is
   */
  static Duration within(
      String option, Duration value, Duration least, Duration most, String range) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new Failure(ExitCode.USAGE, option + " is " + range, "leave it out for the default");
    }
    return value;
  }

  /** A node lists only so many holders of one lock. */
  static void tellOfOtherHolders(Screen screen, LockCheck check) {
    int shown = check.holders().size();
    if (shown < check.holderCount()) {
      screen.message(
          "the first "
              + shown
              + " of "
              + check.holderCount()
              + " holders are shown; all of them: holdfast dump");
    }
  }

  static void tellOfMore(Screen screen, int shown, int all) {
    if (shown < all) {
      screen.message(shown + " of " + all + " shown; for more: --limit " + all);
    }
  }
}
