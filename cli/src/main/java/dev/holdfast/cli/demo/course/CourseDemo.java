package dev.holdfast.cli.demo.course;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Holdfast;
import dev.holdfast.history.check.HistoryChecker;
import dev.holdfast.history.check.Summary;
import dev.holdfast.history.check.Violation;
import dev.holdfast.history.file.HistoryReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A leader, followers, a client at each of them, and random operations on a few locks; everything
 * is recorded, and the recording is checked.
 */
public final class CourseDemo implements Demo {
  @Option(names = "--ops", paramLabel = "N", description = "How many operations (default: 100).")
  private int ops = 100;

  @Option(
      names = "--followers",
      paramLabel = "N",
      description = "How many nodes besides the leader, 1 to 4 (default: 3).")
  private int followers = 3;

  @Option(names = "--keys", paramLabel = "N", description = "How many locks (default: 5).")
  private int keys = 5;

  @Option(
      names = "--lock",
      paramLabel = "KIND",
      description = "rwlock: readers together, a writer alone; or mutex (default: rwlock).")
  private Settings.LockKind kind = Settings.LockKind.RWLOCK;

  @Option(
      names = "--consensus",
      paramLabel = "HOW",
      description =
          "How clients look at a lock: strong, as of now, or weak, as their own node knows it at once "
              + "(default: strong). Grants are strong in both.")
  private Settings.Consensus consensus = Settings.Consensus.STRONG;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What the operations are drawn from (default: another one each time).")
  private long seed = System.nanoTime() & 0xffff_ffffL;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where to leave info.log, detail.log and parameters.json (default: the folder of the demonstration, which "
              + "goes with it unless --keep is given).")
  private @Nullable Path out;

  /** Not yet playing. */
  public CourseDemo() {}

  @Override
  public String name() {
    return "course";
  }

  @Override
  public List<String> aliases() {
    return List.of("sim");
  }

  @Override
  public String title() {
    return "random operations at a leader and its followers, recorded and checked";
  }

  @Override
  public int nodes() {
    return settings().followers() + 1;
  }

  @Override
  public boolean recorded() {
    return true;
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "any node may be asked, and all of them answer by the same rules",
        "a recorded run is checked for mutual exclusion, tokens, order and more, not just looked at",
        "the same for your own recordings: holdfast verify FILE...");
  }

  private Settings settings() {
    return new Settings(ops, followers, keys, kind, consensus, seed);
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException, IOException {
    Settings settings = settings();
    Path folder = out == null ? stage.folder() : out;
    Path history = Files.createDirectories(stage.folder().resolve("history"));
    stage.startNodes();
    try (Logs logs = Logs.open(folder, settings)) {
      run(stage, settings, history, logs, folder);
      shutDown(stage, history, logs);
    }
    stage.story().say("All done!");
    return ExitCode.OK;
  }

  private static void run(Stage stage, Settings settings, Path history, Logs logs, Path folder)
      throws InterruptedException {
    Story story = stage.story();
    story.step(
        settings.ops()
            + " random operations by "
            + stage.cluster().nodes().size()
            + " clients on "
            + settings.keys()
            + " keys, seed "
            + settings.seed());
    story.say("logs and parameters go to " + folder);
    logs.info("begin: " + settings);
    AtomicIntegerArray inside = new AtomicIntegerArray(settings.keys());
    List<Walker> walkers = new ArrayList<>();
    List<Holdfast> clients = new ArrayList<>();
    for (LocalNode node : stage.cluster().nodes()) {
      String label = "client-" + node.id();
      Holdfast client =
          stage.connect(
              Holdfast.builder()
                  .endpoints(stage.cluster().endpointsFrom(node))
                  .endpointsInOrder()
                  .sessionTtl(Stage.TTL)
                  .label(label)
                  .history(history.resolve(label + ".jsonl")));
      clients.add(client);
      Random random = new Random(settings.seed() + walkers.size());
      walkers.add(new Walker(label, client, settings, random, inside, logs));
    }
    List<CompletableFuture<Boolean>> running = new ArrayList<>();
    for (int i = 0; i < walkers.size(); i++) {
      Walker walker = walkers.get(i);
      int share = settings.ops() / walkers.size() + (i < settings.ops() % walkers.size() ? 1 : 0);
      running.add(Stage.inThread("client", () -> walker.walk(share)));
    }
    for (CompletableFuture<Boolean> walker : running) {
      Stage.await(walker, "every client comes to the end");
    }
    clients.forEach(Holdfast::close);
    story.expect(
        true,
        "every operation was answered: "
            + sum(walkers, Walker::granted)
            + " granted, "
            + sum(walkers, Walker::refused)
            + " refused; no client was inside a lock beside a writer");
    tellWhatWasSeen(story, settings, sum(walkers, Walker::behind));
    logs.info("all operations are done");
  }

  private static void tellWhatWasSeen(Story story, Settings settings, int behind) {
    if (settings.consensus() == Settings.Consensus.STRONG) {
      story.expect(behind == 0, "whoever looked at a lock was told the truth of that moment");
    } else {
      story.say(
          "whoever looked at a lock was told what its node knew; it was behind "
              + behind
              + " times");
    }
  }

  private static int sum(List<Walker> walkers, ToIntFunction<Walker> count) {
    return walkers.stream().mapToInt(count).sum();
  }

  private static void shutDown(Stage stage, Path history, Logs logs) throws IOException {
    Story story = stage.story();
    story.step("Shut down, and check what clients and nodes have recorded");
    stage.cluster().stopNodes();
    story.say("all nodes have stopped");
    HistoryChecker checker = new HistoryChecker();
    for (Path file : recordings(history)) {
      HistoryReader.read(file, checker::add, bytes -> {});
    }
    List<Violation> violations = checker.finish();
    Summary summary = checker.summary();
    violations.forEach(violation -> story.say(violation.toString()));
    long checks = summary.checks().values().stream().mapToLong(Long::longValue).sum();
    story.expect(
        violations.isEmpty() && summary.grants() > 0,
        summary.operations()
            + " requests, "
            + summary.grants()
            + " grants, "
            + summary.sources()
            + " recordings: "
            + checks
            + " checks, and no rule is broken");
    logs.info("checked: " + checks + " checks, no rule is broken");
    logs.info("All done!");
  }

  private static List<Path> recordings(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
  }
}
