package dev.holdfast.cli.demo.fencing;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Two who believe to hold one lock, and an account that both write. With a gate before the account
 * nothing happens; without it the money is gone.
 */
public final class FencingDemo implements Demo {
  /** How long the one who is paused has the lock. */
  static final Duration LEASE = Duration.ofSeconds(2);

  static final long BEGIN = 100;
  static final long DEPOSIT = 50;
  static final long WITHDRAWAL = 30;

  @Option(
      names = {"--without", "--no-fencing"},
      description =
          "Without the gate: shows how the account is spoiled, and ends with exit code 80.")
  private boolean without;

  @Option(
      names = "--gate",
      paramLabel = "GATE",
      description =
          "Where the account lies, and what guards it there (default: http). http: a service behind a filter of its "
              + "requests; memory, file, jdbc: a service that writes to its memory, a file or a database through the gate "
              + "for that; cluster: a file of the cluster, in which unfinished work is rolled back.")
  private Gate gate = Gate.HTTP;

  @Option(
      names = "--driver",
      paramLabel = "FILE",
      description =
          "For --gate jdbc: the jar of H2 (com.h2database:h2), which holdfast does not bring with it.")
  private @Nullable Path driver;

  /** Not yet playing. */
  public FencingDemo() {}

  @Override
  public String name() {
    return "fencing";
  }

  @Override
  public List<String> aliases() {
    return List.of("split-brain");
  }

  @Override
  public String title() {
    return "a paused holder writes after its successor: refused by its token (--without: it is not)";
  }

  @Override
  public List<String> lessons() {
    if (without) {
      return List.of(
          "a lock alone cannot stop a holder that was paused for longer than its lease",
          "its late write destroyed the work of its successor, and nobody noticed",
          "the same with a gate before the resource: holdfast demo fencing --gate " + gate);
    }
    return List.of(
        "for a moment two clients believed to hold one lock; no lock service can prevent that",
        gate == Gate.CLUSTER
            ? "the cluster looks at the token in the step of the append, and rolls back what was left unfinished"
            : "the resource has seen the larger token and refuses the smaller one: nothing is lost");
  }

  @Override
  public void requireOptions() {
    if (gate == Gate.JDBC) {
      DatabaseAccount.requireDriver(driver);
    } else if (driver != null) {
      throw new Failure(
          ExitCode.USAGE,
          "--driver is for --gate jdbc, and this is --gate " + gate,
          "see: holdfast demo fencing --help");
    }
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException, IOException {
    stage.startNodes();
    return gate == Gate.CLUSTER
        ? new JournalStory(stage, !without).play()
        : new AccountStory(stage, gate, !without, driver).play();
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    switch (part.words().getFirst()) {
      case AccountStory.PART -> AccountStory.act(part);
      case JournalStory.PART -> JournalStory.act(part);
      default -> throw new IllegalArgumentException("no part of this: " + part.words());
    }
  }
}
