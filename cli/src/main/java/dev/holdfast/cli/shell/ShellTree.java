package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.Commands;
import dev.holdfast.cli.command.ErrorLines;
import dev.holdfast.cli.command.ErrorReport;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ScopeType;

/** The commands of the shell. */
final class ShellTree {
  private static final int WIDTH = 100;

  private final Invocation invocation;
  private final ShellLocks locks;

  /** A line without a command. */
  @Command(
      name = "",
      description = "What is locked here is held until it is unlocked, or the shell ends.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {"", "More on a command: help COMMAND. To leave: exit, or ^D."})
  private static final class Root {}

  /**
   * Parses nothing yet.
   *
   * @param invocation of the shell itself; its options are the defaults of the commands'
   * @param locks where what they lock is held
   */
  ShellTree(Invocation invocation, ShellLocks locks) {
    this.invocation = invocation;
    this.locks = locks;
  }

  /** The commands, for those who only want to know their words. */
  CommandLine names() {
    return of(invocation, invocation.screen());
  }

  /** The commands, writing where those lines come from. */
  CommandLine on(Lines lines) {
    return of(invocation.writingTo(lines.screen()), lines.screen());
  }

  private CommandLine of(Invocation used, Screen screen) {
    CommandSpec spec =
        CommandSpec.forAnnotatedObject(new Root())
            .addMixin("globals", CommandSpec.forAnnotatedObject(used.globals()))
            .addOption(
                OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .scopeType(ScopeType.INHERIT)
                    .description("Show the page of the command.")
                    .build());
    CommandLine root =
        new CommandLine(spec)
            .addSubcommand(new LockLine(used, locks))
            .addSubcommand(new UnlockLine(used, locks))
            .addSubcommand(new HeldLine(used, locks));
    Commands.addLooking(root, used);
    root.addSubcommand(new ExitLine());
    root.setOut(screen.out());
    root.setErr(screen.err());
    root.setColorScheme(
        Help.defaultColorScheme(screen.outIsColoured() ? Help.Ansi.ON : Help.Ansi.OFF));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setUsageHelpWidth(WIDTH);
    ErrorLines.install(root, screen, used.globals());
    root.setExecutionExceptionHandler(
        (problem, command, result) ->
            isInterruption(problem, command)
                ? ExitCode.INTERRUPTED.number()
                : ErrorLines.failed(screen, used.globals(), problem, result));
    pages(root);
    return root;
  }

  /** Without the options that every command has: they are those of the shell. */
  private static void pages(CommandLine root) {
    root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, help -> "");
    root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING, help -> "");
    root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> "");
    root.getCommandSpec().usageMessage().commandListHeading("%n");
    for (CommandLine command : root.getSubcommands().values()) {
      command
          .getHelpSectionMap()
          .put(
              UsageMessageSpec.SECTION_KEY_OPTION_LIST,
              help ->
                  help.optionListExcludingGroups(
                      help.commandSpec().options().stream()
                          .filter(option -> !option.inherited() && !option.hidden())
                          .toList()));
      // Names of commands begin with the blank behind the root's empty name.
      command.getCommandSpec().usageMessage().synopsisHeading("Usage:");
      command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
      command.getCommandSpec().usageMessage().parameterListHeading("%n");
    }
  }

  /** Leaves; the loop looks for it before anything is run. */
  @Command(
      name = "exit",
      aliases = "quit",
      description = "Releases everything and leaves; so does ^D.",
      footer = {"", "Example: exit"})
  private static final class ExitLine implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("the shell leaves by itself");
    }
  }

  /**
   * Whoever pressed ^C need not be told that a question had no answer; but what became of a
   * release.
   */
  private static boolean isInterruption(Exception problem, CommandLine command) {
    ExitCode code = ErrorReport.of(problem).exitCode();
    return code == ExitCode.INTERRUPTED
        || (code == ExitCode.UNAVAILABLE
            && Thread.currentThread().isInterrupted()
            && !(command.getCommand() instanceof UnlockLine));
  }

  static String quoted(String lock) {
    return "'" + Text.printable(lock) + "'";
  }
}
