package dev.holdfast.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.bench.BenchCommand;
import dev.holdfast.cli.child.ProcessSignals;
import dev.holdfast.cli.demo.DemoCommand;
import dev.holdfast.cli.demo.PartCommand;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.verify.VerifyCommand;
import dev.holdfast.protocol.LockName;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The list of commands. */
public final class Commands {
  private Commands() {}

  /** The command without a word behind it. */
  @Command(
      name = "holdfast",
      description = "A replicated lock service: leased, fenced, fair locks.",
      synopsisSubcommandLabel = "COMMAND",
      versionProvider = VersionCommand.Provider.class,
      optionListHeading = "%nEvery command takes%n",
      footer = {
        "",
        "Durations are written 500ms, 30s, 1m30s. Data goes to stdout, messages to stderr.",
        "More on a command: holdfast help COMMAND. Start here: holdfast demo"
      })
  private static final class Root implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      CommandLine command = spec.commandLine();
      command.usage(command.getErr());
      return ExitCode.USAGE.number();
    }
  }

  /**
   * Puts them together; parses nothing yet.
   *
   * @param invocation what commands are given
   * @param globals the options that every command has; the same as the invocation's
   */
  public static CommandLine all(Invocation invocation, Globals globals) {
    CommandSpec spec =
        CommandSpec.forAnnotatedObject(new Root())
            .addMixin("globals", CommandSpec.forAnnotatedObject(globals))
            .addOption(
                OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .scopeType(ScopeType.INHERIT)
                    .description("Show this page, or that of the command.")
                    .build())
            .addOption(
                OptionSpec.builder("--version")
                    .versionHelp(true)
                    .description("The same as: holdfast version.")
                    .build());
    CommandLine root =
        new CommandLine(spec)
            .addSubcommand(new LockCommand(invocation, ClientLocker::new, new ProcessSignals()))
            .addSubcommand(new HoldCommand(invocation, ClientLocker::new, new ProcessSignals()))
            .addSubcommand(new ElectCommand(invocation, ClientLocker::new, new ProcessSignals()))
            .addSubcommand(new WhoCommand(invocation))
            .addSubcommand(new QueueCommand(invocation))
            .addSubcommand(new CheckCommand(invocation))
            .addSubcommand(new GrantInfoCommand(invocation))
            .addSubcommand(new LocksCommand(invocation))
            .addSubcommand(new SessionsCommand(invocation))
            .addSubcommand(new WaitsCommand(invocation))
            .addSubcommand(new WhyCommand(invocation))
            .addSubcommand(new DeadlocksCommand(invocation))
            .addSubcommand(new LintCommand(invocation))
            .addSubcommand(new WatchCommand(invocation))
            .addSubcommand(
                new CommandLine(new HistoryCommand(invocation))
                    .addSubcommand(new HistoryVerifyCommand(invocation))
                    .addSubcommand(new HistoryExportCommand(invocation)))
            .addSubcommand(new UnlockCommand(invocation))
            .addSubcommand(new ForceReleaseCommand(invocation))
            .addSubcommand(new RevokeCommand(invocation))
            .addSubcommand(new ValueCommand(invocation))
            .addSubcommand(new FileCommand(invocation))
            .addSubcommand(new DumpCommand(invocation))
            .addSubcommand(
                new CommandLine(new ServerCommand()).setUnmatchedOptionsArePositionalParams(true))
            .addSubcommand(new StatusCommand(invocation))
            .addSubcommand(new InfoCommand(invocation))
            .addSubcommand(new ClusterCommand(invocation))
            .addSubcommand(
                new BenchCommand(
                    invocation.screen(), invocation::json, invocation::endpoints, invocation::tls))
            .addSubcommand(new VerifyCommand(invocation.screen(), invocation::json))
            .addSubcommand(DemoCommand.line(invocation.screen(), invocation::json))
            .addSubcommand(
                new PartCommand(
                    new BufferedReader(new InputStreamReader(System.in, UTF_8)),
                    invocation.screen().out()))
            .addSubcommand(new HelpCommand())
            .addSubcommand(new VersionCommand(invocation))
            .addSubcommand(new CompletionCommand(invocation));
    registerConverters(root);
    return root;
  }

  /**
   * Adds those that look and change nothing to another tree.
   *
   * @param root the tree
   * @param invocation what they are given
   */
  public static void addLooking(CommandLine root, Invocation invocation) {
    root.addSubcommand(new WhoCommand(invocation))
        .addSubcommand(new QueueCommand(invocation))
        .addSubcommand(new CheckCommand(invocation))
        .addSubcommand(new LocksCommand(invocation))
        .addSubcommand(new SessionsCommand(invocation))
        .addSubcommand(new WaitsCommand(invocation))
        .addSubcommand(new WhyCommand(invocation))
        .addSubcommand(new DeadlocksCommand(invocation))
        .addSubcommand(new WatchCommand(invocation))
        .addSubcommand(new GrantInfoCommand(invocation))
        .addSubcommand(new StatusCommand(invocation))
        .addSubcommand(new InfoCommand(invocation))
        .addSubcommand(new HelpCommand());
    registerConverters(root);
  }

  /**
   * Makes a tree read locks' names and durations.
   *
   * @param line its root; commands that are added later have to be told again
   */
  public static void registerConverters(CommandLine line) {
    line.registerConverter(LockName.class, new LockNameConverter());
    line.registerConverter(Duration.class, Commands::duration);
  }

  private static Duration duration(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
