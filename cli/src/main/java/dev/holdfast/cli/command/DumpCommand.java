package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.DumpPart;
import dev.holdfast.client.ReadInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole map of a node. */
@Command(
    name = "dump",
    description = {
      "Writes every grant of one node's map, one line each, and the SHA-256 of those lines.",
      "",
      "With --local the asked node (the first endpoint) answers from its own map. The lines depend on the map alone, so "
          + "nodes with the same map write the same lines and the same SHA-256: compare them to see that replicas agree."
    },
    footer = {"", "Example: holdfast dump --local --endpoints 127.0.0.1:5470"})
final class DumpCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private ReadOptions read = new ReadOptions();

  DumpCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    List<DumpPart> parts = new ArrayList<>();
    Consistency consistency = read.consistency();
    try (Cluster cluster = invocation.connect()) {
      cluster.dump(cluster.endpoints().get(0), consistency, parts::add);
    }
    List<DumpLine> lines = DumpLine.sorted(parts);
    String sha256 = DumpLine.sha256(lines);
    ReadInfo info = parts.isEmpty() ? null : parts.getLast().info();
    invocation.show(
        json -> json(json, lines, sha256, info), screen -> lines(screen, lines, sha256, info));
  }

  private static void json(
      Json json, List<DumpLine> lines, String sha256, @Nullable ReadInfo info) {
    json.startObject().field("sha256", sha256);
    DumpLine.COLUMNS.writeArray(json.name("grants"), lines);
    if (info != null) {
      Views.writeRead(json, info);
    }
    json.endObject();
  }

  private static void lines(
      Screen screen, List<DumpLine> lines, String sha256, @Nullable ReadInfo info) {
    lines.forEach(line -> screen.line(line.text()));
    screen.line("# sha256 " + sha256);
    if (info != null) {
      screen.message(lines.size() + " grants; " + Views.sentence(info));
    }
  }
}
