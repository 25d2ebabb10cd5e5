package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** How errors are told: a line that says what went wrong, and one that says what to do next. */
public final class ErrorLines {
  private ErrorLines() {}

  /**
   * Makes a command and all below it tell their errors so.
   *
   * @param root the command
   * @param screen where to
   * @param globals whether stack traces are welcome
   */
  public static void install(CommandLine root, Screen screen, Globals globals) {
    root.setParameterExceptionHandler((problem, args) -> usage(screen, problem));
    root.setExecutionExceptionHandler(
        (problem, command, result) -> failed(screen, globals, problem, result));
  }

  private static int usage(Screen screen, ParameterException problem) {
    String command = problem.getCommandLine().getCommandSpec().qualifiedName();
    // The root of a shell has no name.
    String next = command.isBlank() ? "see: help" : "see: " + command.strip() + " --help";
    if (problem instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      next = "did you mean '" + String.join("' or '", unmatched.getSuggestions()) + "'? Or " + next;
    }
    screen.message(screen.styledMessage(Screen.Style.RED, "holdfast: ") + message(problem));
    screen.message("  next: " + next);
    return ExitCode.USAGE.number();
  }

  private static String message(ParameterException problem) {
    if (problem instanceof UnmatchedArgumentException unmatched) {
      String word = Text.printable(unmatched.getUnmatched().get(0));
      boolean option = word.startsWith("-");
      boolean hasCommands = !problem.getCommandLine().getSubcommands().isEmpty();
      return option
          ? "there is no option '" + word + "'"
          : hasCommands
              ? "there is no command '" + word + "'"
              : "'" + word + "' is one word too many";
    }
    String message = withoutTypes(problem.getMessage());
    return message == null || message.isEmpty()
        ? "the command line cannot be understood"
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  /** In words for people who do not write Java. */
  private static @Nullable String withoutTypes(@Nullable String message) {
    return message == null
        ? null
        : message.replaceFirst("' is not an? (int|long)$", "' is no whole number, or too large");
  }

  /**
   * Tells what went wrong.
   *
   * @param screen where to
   * @param globals whether stack traces are welcome
   * @param problem what the command has thrown
   * @param result the command line
   * @return the exit code
   */
  public static int failed(Screen screen, Globals globals, Exception problem, ParseResult result) {
    Failure failure = ErrorReport.of(problem);
    screen.out().flush();
    var err = screen.err();
    err.println(screen.styledMessage(Screen.Style.RED, "holdfast: ") + failure.getMessage());
    if (!failure.nextStep().isEmpty()) {
      err.println("  next: " + failure.nextStep());
    }
    if (globals.debug()) {
      err.println("while running: " + result.originalArgs());
      problem.printStackTrace(err);
    }
    err.flush();
    return failure.exitCode().number();
  }
}
