package dev.holdfast.cli.demo;

import dev.holdfast.cli.local.ChildJvm.Tuning;
import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Screen.Style;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The product in one command. */
@Command(
    name = "demo",
    description = {
      "Shows in under a minute, on three real nodes on this machine, what the locks are good for.",
      "",
      "Kills the leader while a lock is held, pauses a holder for longer than its lease, and checks that the file that the "
          + "lock protects is none the worse for it. Everything it starts ends with it. Exit code 0 if every expectation "
          + "was met, 1 if not."
    },
    footer = {"", "Example: holdfast demo --keep"})
public final class DemoCommand implements Callable<Integer> {
  private static final List<Demo> DEMOS = List.of(new LedgerDemo());
  private static final int NODES = 3;

  private final Screen screen;
  private final BooleanSupplier json;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Which one (default and only one: ledger).")
  private String name = DEMOS.get(0).name();

  @Option(
      names = "--keep",
      description = "Leave the cluster running, and say how to play with it and how to stop it.")
  private boolean keep;

  /**
   * Not yet running.
   *
   * @param screen where to tell it
   * @param json whether to tell it as JSON, at the end
   */
  public DemoCommand(Screen screen, BooleanSupplier json) {
    this.screen = screen;
    this.json = json;
  }

  @Override
  public Integer call() throws InterruptedException {
    Demo demo = demo();
    Story story = new Story(screen, json.getAsBoolean(), System::nanoTime);
    Path folder = temporaryFolder();
    story.show(screen.styled(Style.BOLD, "Holdfast demo '" + demo.name() + "': ") + demo.title());
    story.show("Everything happens in " + folder);
    LocalCluster cluster =
        LocalCluster.prepare(folder, NODES, Tuning.QUICK_START, RandomGenerator.getDefault());
    cluster.deleteAtEnd(folder);
    boolean letGo = false;
    try {
      demo.play(story, cluster, folder);
      letGo = keep;
      succeeded(story, cluster, folder);
      return ExitCode.OK.number();
    } catch (DemoFailedException e) {
      cluster.keepFolder();
      return failed(story, folder, "this should be true and is not: " + e.getMessage());
    } catch (Failure e) {
      cluster.keepFolder();
      return failed(story, folder, e.getMessage());
    } catch (RuntimeException e) {
      cluster.keepFolder();
      return failed(story, folder, "an error came through that should not: " + e);
    } finally {
      if (letGo) {
        cluster.letGo();
      } else {
        cluster.close();
      }
    }
  }

  private Demo demo() {
    return DEMOS.stream()
        .filter(demo -> demo.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.USAGE,
                    "there is no demo '" + name + "'",
                    "there are: "
                        + DEMOS.stream().map(Demo::name).collect(Collectors.joining(", "))));
  }

  private void succeeded(Story story, LocalCluster cluster, Path folder) {
    if (json.getAsBoolean()) {
      writeJson(story, "", cluster, folder);
      return;
    }
    story.show("");
    story.show(
        screen.styled(Style.GREEN, "All " + story.checks() + " expectations were met")
            + " in "
            + Durations.format(story.tookMillis())
            + ":");
    story.show(
        "  * a lock survives the death of the leader; holder, token and queue stay as they are");
    story.show(
        "  * a holder that is gone for too long loses the lock, and its late writes are refused by token");
    story.show("  * what the lock protects stays whole");
    story.show("");
    if (keep) {
      tellHowToPlay(story, cluster, folder);
    } else {
      story.show("What to try next:");
      story.show(
          "  ./holdfast demo --keep                         the same, and keep the cluster to play with");
      story.show("  ./holdfast server                              a node of your own");
      story.show(
          "  ./holdfast lock my-job -- sh -c 'echo $HOLDFAST_FENCE; sleep 5'   a command under a lock");
      story.show("  ./holdfast help                                everything else");
    }
  }

  private static void tellHowToPlay(Story story, LocalCluster cluster, Path folder) {
    story.show("The cluster is still running. Play with it:");
    story.show("  export HOLDFAST_ENDPOINTS=" + cluster.endpoints());
    story.show("  ./holdfast cluster status");
    story.show("  ./holdfast lock my-job -- sh -c 'echo token $HOLDFAST_FENCE; sleep 30' &");
    story.show("  ./holdfast who my-job");
    story.show("Stop it, and remove its files:");
    story.show("  kill " + pids(cluster) + " && rm -r " + folder);
  }

  private int failed(Story story, Path folder, String problem) {
    if (json.getAsBoolean()) {
      writeJson(story, problem, null, folder);
    }
    screen.message("");
    screen.message(
        screen.styled(Style.RED, "The demo failed") + " at " + story.currentStep() + ":");
    screen.message("  " + problem);
    screen.message(
        "  next: the nodes' logs and the ledger are in " + folder + "; please report it with them");
    return ExitCode.FAILED.number();
  }

  private void writeJson(Story story, String problem, @Nullable LocalCluster cluster, Path folder) {
    try (Json writer = new Json(screen)) {
      writer
          .startObject()
          .field("demo", name)
          .field("ok", problem.isEmpty())
          .field("problem", problem);
      writer.field("took_ms", story.tookMillis());
      story.writeTo(writer);
      if (keep && cluster != null) {
        writer
            .field("endpoints", cluster.endpoints())
            .field("pids", pids(cluster))
            .field("folder", folder.toString());
      }
      writer.endObject();
    }
  }

  private static String pids(LocalCluster cluster) {
    return cluster.nodes().stream()
        .map(LocalNode::pid)
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("holdfast-demo-");
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED,
          "cannot make a temporary folder: " + e.getMessage(),
          "is there space in java.io.tmpdir?",
          e);
    }
  }
}
