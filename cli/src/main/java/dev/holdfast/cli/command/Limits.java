package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;

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

  static void tellOfMore(Screen screen, int shown, int all) {
    if (shown < all) {
      screen.message(shown + " of " + all + " shown; for more: --limit " + all);
    }
  }
}
