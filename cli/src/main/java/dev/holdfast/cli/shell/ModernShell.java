package dev.holdfast.cli.shell;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Screen;
import java.util.List;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;
import org.jline.reader.impl.DefaultParser;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Reads a command a line and runs it, until there are no more. */
final class ModernShell {
  private final CommandLine tree;
  private final ShellLocks locks;
  private final Lines lines;
  private final DefaultParser parser = new DefaultParser().eofOnUnclosedQuote(true);
  private final Interruptible commands = new Interruptible();

  /**
   * Reads nothing yet.
   *
   * @param tree the commands
   * @param locks the session
   * @param lines where the lines come from
   */
  ModernShell(CommandLine tree, ShellLocks locks, Lines lines) {
    this.tree = tree;
    this.locks = locks;
    this.lines = lines;
  }

  /** Runs to the end; the exit code. */
  int run() {
    lines.onInterrupt(commands::interrupt);
    Screen screen = lines.screen();
    locks.tell(new Announcer(locks, lines, () -> lines.changePrompt(Prompt.of(locks, screen))));
    if (lines.interactive()) {
      screen.message(
          "session " + locks.sessionId() + " is open. Commands: help. To leave: exit, or ^D.");
    }
    boolean allWell = true;
    String line = lines.next(Prompt.of(locks, screen));
    while (line != null) {
      List<String> words = words(line);
      if (words == null) {
        allWell = false;
      } else if (leaves(words)) {
        break;
      } else if (!words.isEmpty()) {
        allWell &= execute(words) == ExitCode.OK.number();
      }
      line = lines.next(Prompt.of(locks, screen));
    }
    farewell(screen);
    return allWell || lines.interactive() ? ExitCode.OK.number() : ExitCode.FAILED.number();
  }

  private void farewell(Screen screen) {
    long count = locks.held().stream().mapToLong(each -> each.demands().size()).sum();
    if (count > 0) {
      screen.message("releasing " + (count == 1 ? "1 lock" : count + " locks"));
    }
  }

  private static boolean leaves(List<String> words) {
    return words.size() == 1 && (words.get(0).equals("exit") || words.get(0).equals("quit"));
  }

  /** The words of a line; none for a comment, null if it cannot be understood. */
  private @Nullable List<String> words(String line) {
    String text = line.strip();
    if (text.isEmpty() || text.startsWith("#")) {
      return List.of();
    }
    try {
      List<String> words =
          parser.parse(text, text.length(), Parser.ParseContext.ACCEPT_LINE).words();
      // People paste what the help pages say.
      return words.get(0).equals("holdfast") ? words.subList(1, words.size()) : words;
    } catch (SyntaxError unfinished) {
      lines.screen().message("holdfast: a quote is not closed");
      lines.screen().message("  next: write names with blanks as 'a b' or a\\ b");
      return null;
    }
  }

  private int execute(List<String> words) {
    try {
      return commands.during(() -> tree.execute(words.toArray(String[]::new)));
    } finally {
      lines.screen().out().flush();
      lines.screen().err().flush();
    }
  }
}
