package dev.holdfast.verification.system;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What a run of the command line in a process of its own came to.
 *
 * @param exitCode with which it ended
 * @param output all that it wrote, messages too
 */
record CommandLineRun(int exitCode, String output) {
  private static final AtomicInteger LAST = new AtomicInteger();

  /** Runs a command against a cluster, and waits for its end. */
  static CommandLineRun of(Path folder, RealCluster cluster, String... command) {
    List<String> args = new ArrayList<>(List.of(command));
    args.add("--endpoints=" + cluster.endpoints());
    args.add("--timeout=30s");
    JavaProcess process =
        JavaProcess.start(
            folder.resolve("command-" + LAST.incrementAndGet() + ".log"),
            "dev.holdfast.cli.Main",
            args);
    int exitCode = process.awaitExit();
    return new CommandLineRun(exitCode, process.output());
  }

  List<String> lines() {
    return output.lines().toList();
  }

  JsonNode json() {
    return new ObjectMapper().readTree(output);
  }
}
