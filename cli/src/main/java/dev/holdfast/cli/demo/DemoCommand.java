package dev.holdfast.cli.demo;

import dev.holdfast.cli.terminal.Screen;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The product in one command, and its parts in others below it. */
@Command(
    name = "demo",
    synopsisSubcommandLabel = "[NAME]",
    description = {
      "Shows in under a minute, on three real nodes on this machine, what the locks are good for.",
      "",
      "Kills the leader while a lock is held, pauses a holder for longer than its lease, and checks that the file that the "
          + "lock protects is none the worse for it. With a name, it shows one thing alone. Everything it starts ends with "
          + "it. Exit code 0 if every expectation was met, 1 if not.",
      "",
      "Demonstrations:"
    },
    footer = {"", "Examples: holdfast demo --keep", "          holdfast demo fencing"})
public final class DemoCommand implements Callable<Integer> {
  private static final String DEFAULT_DEMO = "ledger";

  private final Screen screen;
  private final BooleanSupplier json;

  @Parameters(index = "0", arity = "0..1", hidden = true)
  private String name = DEFAULT_DEMO;

  @Option(
      names = "--keep",
      description = "Leave the cluster running, and say how to play with it and how to stop it.")
  private boolean keep;

  private DemoCommand(Screen screen, BooleanSupplier json) {
    this.screen = screen;
    this.json = json;
  }

  /** A demonstration as a command. */
  @Command
  private static final class Play implements Callable<Integer> {
    private final Screen screen;
    private final BooleanSupplier json;
    private final Demo demo;

    @Option(
        names = "--keep",
        description = "Leave the cluster running, and say how to play with it and how to stop it.")
    private boolean keep;

    Play(Screen screen, BooleanSupplier json, Demo demo) {
      this.screen = screen;
      this.json = json;
      this.demo = demo;
    }

    @Override
    public Integer call() throws InterruptedException {
      return new Performance(screen, json.getAsBoolean(), demo, keep).play();
    }
  }

  /**
   * The command with one below it for each demonstration; parses nothing yet.
   *
   * @param screen where to tell it
   * @param json whether to tell it as JSON, at the end
   */
  public static CommandLine line(Screen screen, BooleanSupplier json) {
    CommandLine line = new CommandLine(new DemoCommand(screen, json));
    for (Demo demo : Demos.all()) {
      CommandSpec spec = CommandSpec.forAnnotatedObject(new Play(screen, json, demo));
      spec.name(demo.name()).aliases(demo.aliases().toArray(String[]::new));
      spec.usageMessage().description(demo.title());
      spec.addMixin("options", CommandSpec.forAnnotatedObjectLenient(demo));
      line.addSubcommand(demo.name(), spec);
    }
    return line.setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws InterruptedException {
    // Only a name that is none comes here: the others are commands of their own.
    return new Performance(screen, json.getAsBoolean(), Demos.named(name), keep).play();
  }
}
