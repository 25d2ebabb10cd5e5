package dev.holdfast.cli.shell;

import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines from a list; keeps what is written, prompts and typed lines among it. */
final class FakeLines implements Lines {
  final StringWriter written = new StringWriter();
  final List<String> prompts = new ArrayList<>();
  private final Deque<String> typed = new ArrayDeque<>();
  private final Screen screen;
  private final boolean interactive;

  /** What ^C does while no line is read. */
  Runnable interrupt =
      () -> {
        throw new AssertionError("the process would end");
      };

  /** Run before the line of that number (from 0) is typed. */
  Runnable meanwhile = () -> {};

  FakeLines(boolean interactive, String... lines) {
    this.interactive = interactive;
    this.typed.addAll(List.of(lines));
    PrintWriter writer = new PrintWriter(written, true);
    this.screen = new Screen(writer, writer, interactive, false);
  }

  String text() {
    screen.out().flush();
    return written.toString();
  }

  @Override
  public @Nullable String next(String prompt) {
    screen.out().flush();
    prompts.add(prompt);
    if (interactive) {
      screen.out().print(prompt);
    }
    meanwhile.run();
    String line = typed.poll();
    if (interactive && line != null) {
      screen.out().println(line);
    }
    return line;
  }

  @Override
  public Screen screen() {
    return screen;
  }

  @Override
  public boolean interactive() {
    return interactive;
  }

  @Override
  public void announce(String line) {
    screen.message(line);
  }

  @Override
  public void changePrompt(String prompt) {
    screen.out().print(prompt);
  }

  @Override
  public void onInterrupt(Runnable action) {
    interrupt = action;
  }

  @Override
  public void close() {
    screen.out().flush();
  }
}
