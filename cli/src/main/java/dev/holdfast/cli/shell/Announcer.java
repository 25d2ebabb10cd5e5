package dev.holdfast.cli.shell;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.Demand;
import dev.holdfast.client.session.SessionState;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Says above the prompt, at once, what happens to the session and to what it holds. */
final class Announcer implements ShellLocks.News {
  private final ShellLocks locks;
  private final Lines lines;
  private final Runnable afterwards;

  /**
   * Says nothing yet.
   *
   * @param locks what happens to whom
   * @param lines where it is said
   * @param afterwards done each time, for instance to mend the prompt
   */
  Announcer(ShellLocks locks, Lines lines, Runnable afterwards) {
    this.locks = locks;
    this.lines = lines;
    this.afterwards = afterwards;
  }

  @Override
  public void stateChanged(SessionState from, SessionState to, String why) {
    String session = "session " + locks.sessionId();
    switch (to) {
      case OPENING, CLOSED -> {}
      case HELD ->
          say(
              Screen.Style.GREEN,
              from == SessionState.OPENING ? session + " is open" : session + " is HELD again");
      case JEOPARDY ->
          say(Screen.Style.YELLOW, session + " is in JEOPARDY" + because(why) + left());
      case LOST -> say(Screen.Style.RED, session + " is LOST" + because(why));
    }
  }

  @Override
  public void lost(ShellLocks.Holding holding, String why) {
    say(
        Screen.Style.RED,
        "LOST " + names(holding) + " (token " + holding.token() + "): " + Text.printable(why));
  }

  @Override
  public void askedToLetGo(long token, String by, String detail) {
    String names =
        locks.held().stream()
            .filter(holding -> holding.token() == token)
            .map(Announcer::names)
            .collect(Collectors.joining(", "));
    say(
        Screen.Style.YELLOW,
        "asked to let go of "
            + names
            + " (token "
            + token
            + ") by "
            + Text.printable(by)
            + (detail.isEmpty() ? "" : ": " + Text.printable(detail)));
  }

  private void say(Screen.Style style, String text) {
    lines.announce(lines.screen().styled(style, "holdfast: ") + text);
    afterwards.run();
  }

  private String left() {
    return locks.held().stream()
        .map(ShellLocks.Holding::remaining)
        .filter(left -> !left.isZero())
        .min(Comparator.naturalOrder())
        .map(Duration::toMillis)
        .map(
            millis ->
                "; what is held is lost in " + Durations.format(millis) + " unless a node answers")
        .orElse("");
  }

  private static String because(String why) {
    return why.isEmpty() ? "" : ": " + Text.printable(why);
  }

  /** The names, as a person writes them. */
  static String names(ShellLocks.Holding holding) {
    return holding.demands().stream()
        .map(Demand::lock)
        .map(name -> "'" + Text.printable(name) + "'")
        .collect(Collectors.joining(", "));
  }
}
