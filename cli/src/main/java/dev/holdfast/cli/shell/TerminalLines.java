package dev.holdfast.cli.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Lines that a person types, with editing, history and completion.
 *
 * <p>The library would register its handlers of signals with the process anew at the beginning and
 * at the end of every line, and put the former ones, which end the process, in their place for a
 * moment. So they are registered here, once, and only passed on to it.
 */
final class TerminalLines implements Lines {
  private static final List<Terminal.Signal> PASSED_ON =
      List.of(Terminal.Signal.INT, Terminal.Signal.WINCH, Terminal.Signal.CONT);

  private final Terminal terminal;
  private final LineReader reader;
  private final Screen screen;
  private final Map<Terminal.Signal, Object> former = new EnumMap<>(Terminal.Signal.class);

  private TerminalLines(Terminal terminal, LineReader reader, Screen screen) {
    this.terminal = terminal;
    this.reader = reader;
    this.screen = screen;
    for (Terminal.Signal signal : PASSED_ON) {
      Object handler = Signals.register(signal.name(), () -> terminal.raise(signal));
      if (handler != null) {
        former.put(signal, handler);
      }
    }
    // As without a terminal, until it is said otherwise: what the process holds is released then.
    onInterrupt(() -> System.exit(ExitCode.INTERRUPTED.number()));
  }

  /**
   * Opens the terminal of this process, which takes a moment.
   *
   * @param completion proposes words
   * @param history where lines are kept; null to forget them
   * @param colour whether colours are welcome
   */
  static TerminalLines open(Completion completion, @Nullable Path history, boolean colour) {
    Terminal terminal;
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .dumb(true)
              .encoding(UTF_8)
              .nativeSignals(false)
              .build();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED,
          "the terminal cannot be opened: " + e.getMessage(),
          "commands may come from a pipe too: echo 'locks' | holdfast shell",
          e);
    }
    DefaultParser parser = new DefaultParser();
    parser.setEofOnUnclosedQuote(false);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("holdfast")
            .parser(parser)
            .completer(
                (reader, line, candidates) ->
                    completion
                        .propose(line.words(), line.wordIndex())
                        .forEach(word -> candidates.add(new Candidate(word))))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_IGNORE_DUPS, true);
    if (history != null) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    Screen screen = new Screen(terminal.writer(), terminal.writer(), true, colour);
    return new TerminalLines(terminal, builder.build(), screen);
  }

  @Override
  public @Nullable String next(String prompt) {
    screen.out().flush();
    try {
      return reader.readLine(prompt);
    } catch (UserInterruptException cleared) {
      return "";
    } catch (EndOfFileException end) {
      return null;
    } finally {
      // An interrupt that came while the line ended was for the line, not for what follows.
      boolean _ = Thread.interrupted();
    }
  }

  @Override
  public Screen screen() {
    return screen;
  }

  @Override
  public boolean interactive() {
    return true;
  }

  @Override
  public void announce(String line) {
    reader.printAbove(line);
  }

  @Override
  public void changePrompt(String prompt) {
    if (reader.isReading() && reader instanceof LineReaderImpl shown) {
      shown.setPrompt(prompt);
      shown.redisplay();
    }
  }

  @Override
  public void onInterrupt(Runnable action) {
    terminal.handle(Terminal.Signal.INT, signal -> action.run());
  }

  @Override
  public void close() {
    screen.out().flush();
    try {
      terminal.close();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED, "the terminal cannot be closed: " + e.getMessage(), "run: reset", e);
    } finally {
      former.forEach((signal, handler) -> Signals.unregister(signal.name(), handler));
    }
  }
}
