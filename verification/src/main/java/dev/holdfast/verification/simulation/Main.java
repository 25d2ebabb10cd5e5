package dev.holdfast.verification.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of the simulation: one seed to look at, or many to be run for hours. */
@Command(
    name = "simulate",
    description = "Runs the product in simulated universes full of faults, one for each seed.",
    mixinStandardHelpOptions = true,
    subcommands = {Main.Seed.class, Main.Run.class})
public final class Main {
  private static final int FOUND = 1;

  /** Starts it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  /** One seed, with its trace. */
  @Command(name = "seed", description = "Runs one seed and prints its trace.")
  static final class Seed implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SEED", description = "Which.")
    private long seed;

    @Option(
        names = "--lines",
        paramLabel = "N",
        description = "Lines of the trace to print, the last ones; default ${DEFAULT-VALUE}.",
        defaultValue = "" + Simulation.LINES_SHOWN)
    private int lines;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      Simulation.Report report = Simulation.run(seed, lines);
      report.lines().forEach(out::println);
      out.println(Wording.of(report));
      out.flush();
      return report.isGood() ? 0 : FOUND;
    }
  }

  /** Many seeds, on several threads, remembered in a file. */
  @Command(
      name = "run",
      description =
          "Runs many seeds and keeps what came of them in a file; goes on where it ended.")
  static final class Run implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--from",
        paramLabel = "SEED",
        description = "The first seed; default ${DEFAULT-VALUE}.",
        defaultValue = "1")
    private long from;

    @Option(
        names = "--seeds",
        paramLabel = "N",
        description = "How many; default ${DEFAULT-VALUE}.",
        defaultValue = "10000")
    private long count;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "How many at a time; as many as there are processors if not told.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
        names = "--file",
        paramLabel = "FILE",
        description = "Where the results go; default ${DEFAULT-VALUE}.")
    private Path file = Path.of("simulation.tsv");

    @Override
    public Integer call() throws IOException, InterruptedException {
      LongRun run = new LongRun(file, spec.commandLine().getErr());
      LongRun.Total total = run.run(from, count, threads);
      spec.commandLine().getOut().println(total);
      return total.failures() == 0 ? 0 : FOUND;
    }
  }
}
