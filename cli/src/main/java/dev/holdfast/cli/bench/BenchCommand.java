package dev.holdfast.cli.bench;

import dev.holdfast.cli.local.ChildJvm.Tuning;
import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.ClientTls;
import dev.holdfast.client.HoldfastAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures. */
@Command(
    name = "bench",
    description = {
      "Measures how fast locks are acquired and released, and what that costs.",
      "",
      "W1: each worker has a lock of its own. W2: all workers queue for one. A pair is one acquiring and one releasing; in W2 "
          + "it is a hand-off. Figures are medians over the windows; the spread is from the least to the most. CPU time is "
          + "the robust figure: rates depend on what else the machine does."
    },
    footer = {"", "Example: holdfast bench W1 --workers 1,64 --start"})
public final class BenchCommand implements Callable<Integer> {
  private static final int NODES = 3;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  private final Screen screen;
  private final BooleanSupplier json;
  private final Supplier<String> endpoints;
  private final Supplier<@Nullable ClientTls> tls;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "W1|W2",
      description = "The workload (default: W1).")
  private Workload workload = Workload.W1;

  @Option(
      names = "--workers",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "N,...",
      description =
          "How many workers; several numbers are measured one after the other (default: 64 for W1, 32 for W2).")
  private List<Integer> workers = new ArrayList<>();

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description =
          "Over how many sessions the workers are spread, each beginning at another node (default: 1).")
  private int sessions = 1;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      description = "Load before the first window (default: 20s).")
  private Duration warmUp = Duration.ofSeconds(20);

  @Option(names = "--windows", paramLabel = "N", description = "How many windows (default: 3).")
  private int windows = 3;

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      description = "Length of a window (default: 10s).")
  private Duration window = Duration.ofSeconds(10);

  @Option(
      names = "--start",
      description = "Start three nodes on this machine for it, and stop them afterwards.")
  private boolean start;

  @Option(
      names = "--server-pids",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "PID,...",
      description =
          "The nodes' processes on this machine, to tell their CPU time (known with --start).")
  private List<Long> serverPids = new ArrayList<>();

  @Option(
      names = "--history",
      paramLabel = "DIR",
      description =
          "Record the run into this folder, for holdfast verify: a file for each session and, with --start, each node. "
              + "Costs a part of the speed.")
  private @Nullable Path history;

  /**
   * Not yet running.
   *
   * @param screen where to write
   * @param json whether to write JSON
   * @param endpoints the nodes to load, unless it starts its own
   * @param tls how to speak to those nodes; null plainly
   */
  public BenchCommand(
      Screen screen,
      BooleanSupplier json,
      Supplier<String> endpoints,
      Supplier<@Nullable ClientTls> tls) {
    this.screen = screen;
    this.json = json;
    this.endpoints = endpoints;
    this.tls = tls;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<BenchSettings> all = settings();
    List<BenchResult> results =
        start ? onOwnNodes(all) : run(all, endpoints.get(), tls.get(), serverPids);
    if (json.getAsBoolean()) {
      try (Json writer = new Json(screen)) {
        writer.startArray();
        results.forEach(result -> BenchReport.writeObject(writer, result));
        writer.endArray();
      }
    }
    return ExitCode.OK.number();
  }

  private List<BenchSettings> settings() {
    List<Integer> numbers =
        workers.isEmpty()
            ? List.of(
                switch (workload) {
                  case W1 -> 64;
                  case W2 -> 32;
                })
            : workers;
    try {
      return numbers.stream()
          .map(
              number ->
                  new BenchSettings(
                      workload, number, Math.min(sessions, number), warmUp, windows, window))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "see: holdfast bench --help", e);
    }
  }

  private List<BenchResult> onOwnNodes(List<BenchSettings> all) throws InterruptedException {
    Path folder = temporaryFolder();
    try (LocalCluster cluster =
        LocalCluster.prepare(
            folder, NODES, Tuning.LONG_RUN, RandomGenerator.getDefault(), history)) {
      cluster.deleteAtEnd(folder);
      screen.message("starting three nodes in " + folder + " ...");
      startNodes(cluster);
      List<Long> pids = cluster.nodes().stream().map(LocalNode::pid).toList();
      return run(all, cluster.endpoints(), null, pids);
    }
  }

  private static void startNodes(LocalCluster cluster) throws InterruptedException {
    try {
      cluster.nodes().forEach(LocalNode::start);
      cluster.awaitLeader(READY_LIMIT);
    } catch (Failure failure) {
      cluster.keepFolder();
      throw failure;
    }
  }

  private List<BenchResult> run(
      List<BenchSettings> all, String addresses, @Nullable ClientTls encryption, List<Long> pids)
      throws InterruptedException {
    List<BenchResult> results = new ArrayList<>();
    try (HoldfastAdmin admin = admin(addresses, encryption)) {
      for (BenchSettings settings : all) {
        screen.message(BenchReport.settings(settings) + " ...");
        BenchResult result = measure(settings, admin, encryption, pids);
        results.add(result);
        if (!json.getAsBoolean()) {
          BenchReport.table(screen, result);
          screen.line("");
          screen.out().flush();
        }
      }
    }
    return results;
  }

  private static HoldfastAdmin admin(String addresses, @Nullable ClientTls encryption) {
    try {
      return HoldfastAdmin.connect(addresses, ANSWER_LIMIT, encryption);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "cannot connect to '" + addresses + "': " + e.getMessage(),
          "write endpoints as host:port,..., and name PEM files for TLS",
          e);
    }
  }

  private BenchResult measure(
      BenchSettings settings, HoldfastAdmin admin, @Nullable ClientTls encryption, List<Long> pids)
      throws InterruptedException {
    AtomicInteger number = new AtomicInteger();
    try (ClientBenchLocks locks =
        new ClientBenchLocks(admin.endpoints(), settings, encryption, history)) {
      return new Load(settings, locks, new ProcessMeter(pids, admin))
          .run(done -> screen.message(BenchReport.progress(number.incrementAndGet(), done)));
    } catch (UncheckedIOException e) {
      throw new Failure(ExitCode.UNREADABLE, String.valueOf(e.getMessage()), "see --history", e);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("holdfast-bench-");
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED,
          "cannot make a temporary folder: " + e.getMessage(),
          "is there space in java.io.tmpdir?",
          e);
    }
  }
}
