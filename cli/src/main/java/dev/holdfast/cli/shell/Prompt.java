package dev.holdfast.cli.shell;

import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.session.SessionState;

/** Tells how the session stands and how much it holds. */
final class Prompt {
  private Prompt() {}

  /** Such as: holdfast [HELD, 2 locks]&gt; */
  static String of(ShellLocks locks, Screen screen) {
    SessionState state = locks.state();
    long count =
        locks.held().stream()
            .filter(ShellLocks.Holding::isHeld)
            .mapToLong(holding -> holding.demands().size())
            .sum();
    return "holdfast ["
        + screen.styled(style(state), state.name())
        + ", "
        + count
        + (count == 1 ? " lock" : " locks")
        + "]> ";
  }

  private static Screen.Style style(SessionState state) {
    return switch (state) {
      case HELD -> Screen.Style.GREEN;
      case OPENING, JEOPARDY -> Screen.Style.YELLOW;
      case LOST, CLOSED -> Screen.Style.RED;
    };
  }
}
