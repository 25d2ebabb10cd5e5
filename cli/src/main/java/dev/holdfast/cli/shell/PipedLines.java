package dev.holdfast.cli.shell;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Lines of a pipe or a file. */
final class PipedLines implements Lines {
  private final BufferedReader in;
  private final Screen screen;
  private final boolean prompting;

  /**
   * Reads nothing yet.
   *
   * @param in where lines come from
   * @param screen where commands write
   * @param prompting whether prompts are written all the same, for a program that waits for them
   */
  PipedLines(BufferedReader in, Screen screen, boolean prompting) {
    this.in = in;
    this.screen = screen;
    this.prompting = prompting;
  }

  @Override
  public @Nullable String next(String prompt) {
    if (prompting) {
      screen.out().print(prompt);
    }
    screen.out().flush();
    try {
      return in.readLine();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.UNREADABLE, "stdin cannot be read: " + e.getMessage(), "see the message", e);
    }
  }

  @Override
  public Screen screen() {
    return screen;
  }

  @Override
  public boolean interactive() {
    return false;
  }

  @Override
  public void announce(String line) {
    screen.message(line);
  }

  @Override
  public void changePrompt(String prompt) {
    // What was written stays.
  }

  @Override
  public void onInterrupt(Runnable action) {
    // ^C ends a program that reads from a pipe.
  }

  @Override
  public void close() {
    screen.out().flush();
  }
}
