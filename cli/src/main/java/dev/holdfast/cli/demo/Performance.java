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
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays one demonstration, and tells how it ended.
 *
 * @param screen where to tell it
 * @param json whether to tell it as JSON, at the end
 * @param demo what to play
 * @param keep whether its cluster is to run on afterwards
 */
record Performance(Screen screen, boolean json, Demo demo, boolean keep) {
  private static final String HISTORY = "history";

  /** On nodes of its own, in a temporary folder; both go with it, unless something is amiss. */
  int play() throws InterruptedException {
    demo.requireOptions();
    int nodes = demo.nodes(); // which refuses numbers out of range, before there is a folder
    Path folder = temporaryFolder();
    LocalCluster cluster = prepare(folder, nodes, demo.recorded());
    cluster.deleteAtEnd(folder);
    boolean letGo = false;
    try {
      int exitCode = play(cluster, folder);
      letGo = keep && exitCode != ExitCode.FAILED.number() && isUp(cluster);
      if (keep || exitCode == ExitCode.FAILED.number()) {
        cluster.keepFolder();
      }
      return exitCode;
    } finally {
      if (letGo) {
        cluster.letGo();
      } else {
        cluster.close();
      }
    }
  }

  /** Nodes for any number of demonstrations. */
  static LocalCluster prepare(Path folder, int nodes, boolean recorded) {
    return LocalCluster.prepare(
        folder,
        nodes,
        Tuning.QUICK_START,
        RandomGenerator.getDefault(),
        recorded ? createFolder(folder.resolve(HISTORY)) : null);
  }

  private static Path createFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw noFolder(e);
    }
  }

  /** On nodes that are there already, or are at least prepared. */
  int play(LocalCluster cluster, Path folder) throws InterruptedException {
    Story story = new Story(screen, json, System::nanoTime);
    story.show(screen.styled(Style.BOLD, "Holdfast demo '" + demo.name() + "': ") + demo.title());
    story.show("Everything happens in " + folder);
    try (Stage stage = new Stage(demo, story, cluster, folder)) {
      ExitCode code = demo.play(stage);
      story.endStep();
      succeeded(story, code, cluster, folder);
      return code.number();
    } catch (DemoFailedException e) {
      return failed(story, folder, "this should be true and is not: " + e.getMessage());
    } catch (Failure e) {
      return failed(story, folder, e.getMessage());
    } catch (IOException | RuntimeException e) {
      return failed(story, folder, "an error came through that should not: " + e);
    }
  }

  private void succeeded(Story story, ExitCode code, LocalCluster cluster, Path folder) {
    if (json) {
      writeJson(story, code, "", cluster, folder);
      return;
    }
    story.show("");
    story.show(
        screen.styled(Style.GREEN, "All " + story.checks() + " expectations were met")
            + " in "
            + Durations.format(story.tookMillis())
            + ":");
    demo.lessons().forEach(lesson -> story.show("  * " + lesson));
    if (code != ExitCode.OK) {
      story.show(
          screen.styled(Style.YELLOW, "Exit code " + code.number())
              + ", for this is how it must not end.");
    }
    story.show("");
    if (keep) {
      tellHowToPlay(story, cluster, folder);
    } else {
      tellWhatNext(story);
    }
  }

  private static void tellWhatNext(Story story) {
    story.show("What to try next:");
    story.show(
        "  ./holdfast demo --keep                         the first one, and keep the cluster to play with");
    story.show("  ./holdfast demo --help                         all demonstrations");
    story.show("  ./holdfast server                              a node of your own");
    story.show(
        "  ./holdfast lock my-job -- sh -c 'echo $HOLDFAST_FENCE; sleep 5'   a command under a lock");
    story.show("  ./holdfast help                                everything else");
  }

  private static boolean isUp(LocalCluster cluster) {
    return cluster.nodes().stream().anyMatch(LocalNode::isAlive);
  }

  private static void tellHowToPlay(Story story, LocalCluster cluster, Path folder) {
    if (!isUp(cluster)) {
      story.show("The nodes are stopped; all files are in " + folder);
      return;
    }
    story.show("The cluster is still running. Play with it:");
    story.show("  export HOLDFAST_ENDPOINTS=" + cluster.endpoints());
    story.show("  ./holdfast cluster status");
    story.show("  ./holdfast lock my-job -- sh -c 'echo token $HOLDFAST_FENCE; sleep 30' &");
    story.show("  ./holdfast who my-job");
    story.show("Stop it, and remove its files:");
    story.show("  kill " + pids(cluster) + " && rm -r " + folder);
  }

  private int failed(Story story, Path folder, String problem) {
    if (json) {
      writeJson(story, ExitCode.FAILED, problem, null, folder);
    }
    screen.message("");
    screen.message(
        screen.styled(Style.RED, "The demo failed") + " at " + story.currentStep() + ":");
    screen.message("  " + problem);
    screen.message(
        "  next: the nodes' logs and all other files are in "
            + folder
            + "; please report it with them");
    return ExitCode.FAILED.number();
  }

  private void writeJson(
      Story story, ExitCode code, String problem, @Nullable LocalCluster cluster, Path folder) {
    try (Json writer = new Json(screen)) {
      writer
          .startObject()
          .field("demo", demo.name())
          .field("ok", code == ExitCode.OK)
          .field("exit_code", code.number())
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
      throw noFolder(e);
    }
  }

  private static Failure noFolder(IOException e) {
    return new Failure(
        ExitCode.FAILED,
        "cannot make a temporary folder: " + e.getMessage(),
        "is there space in java.io.tmpdir?",
        e);
  }
}
