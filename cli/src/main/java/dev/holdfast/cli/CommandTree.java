package dev.holdfast.cli;

import dev.holdfast.cli.command.Commands;
import dev.holdfast.cli.command.ErrorReport;
import dev.holdfast.cli.command.Globals;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands put together, and how their errors are told. */
final class CommandTree {
  private CommandTree() {}

  static CommandLine of(Screen screen, Map<String, String> environment) {
    Globals globals = new Globals();
    return of(Invocation.real(globals, screen, environment), globals);
  }

  static CommandLine of(Invocation invocation, Globals globals) {
    CommandLine root = Commands.all(invocation, globals);
    Screen screen = invocation.screen();
    root.setOut(screen.out());
    root.setErr(screen.err());
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            screen.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setParameterExceptionHandler((problem, args) -> usage(screen, problem));
    root.setExecutionExceptionHandler(
        (problem, command, result) -> failed(screen, globals, problem, result));
    HelpPages.install(root);
    return root;
  }

  private static int usage(Screen screen, ParameterException problem) {
    String command = problem.getCommandLine().getCommandSpec().qualifiedName();
    String next = "see: " + command + " --help";
    if (problem instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      next = "did you mean '" + String.join("' or '", unmatched.getSuggestions()) + "'? Or " + next;
    }
    screen.message(screen.styled(Screen.Style.RED, "holdfast: ") + message(problem));
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
    String message = problem.getMessage();
    return message == null || message.isEmpty()
        ? "the command line cannot be understood"
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static int failed(Screen screen, Globals globals, Exception problem, ParseResult result) {
    Failure failure = ErrorReport.of(problem);
    screen.out().flush();
    var err = screen.err();
    err.println(screen.styled(Screen.Style.RED, "holdfast: ") + failure.getMessage());
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
