package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.WaitInfo;
import dev.holdfast.client.WaitPage;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The graph of waiting. */
@Command(
    name = "waits",
    description =
        "Lists every request that waits, with what is in its way: grants, reservations, earlier requests.",
    footer = {"", "Example: holdfast waits --dot | dot -Tsvg > waits.svg"})
final class WaitsCommand implements Runnable {
  private static final int PER_REQUEST_MAX = 64;

  private final Invocation invocation;

  @Mixin private ReadOptions read = new ReadOptions();

  @Option(names = "--dot", description = "Write a graph for Graphviz.")
  private boolean dot;

  @Option(names = "--json", description = "The same as -o json.")
  private boolean json;

  @Option(
      names = "--per-request",
      paramLabel = "N",
      description = "Most things in the way of one request to list, 1 to 64 (default: 8).")
  private int perRequest = 8;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most things in the way to list (default: 1000).")
  private int limit = 1_000;

  WaitsCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  /** All pages. */
  private record Graph(List<WaitInfo> waits, WaitPage last) {}

  @Override
  public void run() {
    Limits.requireAtLeastOne(limit);
    requireSense();
    Graph graph = read();
    if (dot) {
      invocation.screen().out().print(WaitDot.of(graph.waits));
      tellOfMore(graph);
    } else if (json || invocation.json()) {
      try (Json writer = new Json(invocation.screen())) {
        write(writer, graph);
      }
    } else {
      table(invocation.screen(), graph);
    }
  }

  private void requireSense() {
    if (perRequest < 1 || perRequest > PER_REQUEST_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "--per-request is 1 to " + PER_REQUEST_MAX + ", not " + perRequest,
          "leave it out for the default");
    }
    if (dot && (json || invocation.json())) {
      throw new Failure(
          ExitCode.USAGE, "--dot and JSON contradict each other", "leave one of them out");
    }
  }

  private Graph read() {
    List<WaitInfo> waits = new ArrayList<>();
    WaitPage page;
    try (Cluster cluster = invocation.connect()) {
      do {
        page =
            cluster
                .waits()
                .page(
                    waits.isEmpty() ? 0 : waits.getLast().ticket(),
                    Math.min(Limits.PAGE_MAX, limit - waits.size()),
                    perRequest,
                    read.consistency());
        waits.addAll(page.waits());
      } while (page.more() && waits.size() < limit);
    }
    return new Graph(waits, page);
  }

  private static void write(Json json, Graph graph) {
    json.startObject();
    WaitWords.WAITS.writeArray(json.name("waits"), graph.waits);
    json.field("waiting", graph.last.waiting()).field("more", graph.last.more());
    Views.writeRead(json, graph.last.info());
    json.endObject();
  }

  private void table(Screen screen, Graph graph) {
    if (graph.waits.isEmpty()) {
      screen.message("nobody waits");
      return;
    }
    WaitWords.WAITS.table(graph.waits, screen).forEach(screen::line);
    tellOfMore(graph);
  }

  private void tellOfMore(Graph graph) {
    if (graph.last.more()) {
      invocation
          .screen()
          .message(
              graph.last.waiting()
                  + " requests wait, and not all are shown; for more: --limit "
                  + limit * 10L);
    }
  }
}
