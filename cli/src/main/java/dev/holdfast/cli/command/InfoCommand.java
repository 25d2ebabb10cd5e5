package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.NodeInfo;
import dev.holdfast.client.NodeLimit;
import java.util.List;
import picocli.CommandLine.Command;

/** What a node is and how much it takes. */
@Command(
    name = "info",
    description = {
      "Tells what a node is and the limits that it works with.",
      "",
      "A limit whose name has a dot is a key of the node's configuration, so that nodes may differ;"
          + " the others are fixed. The first node that answers is asked; name another with"
          + " --endpoints. Whether the cluster is well: holdfast status"
    },
    footer = {"", "Example: holdfast info"})
final class InfoCommand implements Runnable {
  private static final Columns<NodeLimit> LIMITS =
      new Columns<NodeLimit>()
          .text("limit", "LIMIT", NodeLimit::name)
          .jsonNumber("value", NodeLimit::value)
          .jsonOnly("unit", NodeLimit::unit)
          .jsonOnly("fixed", NodeLimit::fixed);

  private static final Columns<NodeLimit> SHOWN =
      new Columns<NodeLimit>()
          .text("limit", "LIMIT", NodeLimit::name)
          .rightText("value", "VALUE", InfoCommand::value)
          .text("set_by", "SET BY", limit -> limit.fixed() ? "nobody" : "configuration");

  private final Invocation invocation;

  InfoCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    NodeInfo info;
    try (Cluster cluster = invocation.connect()) {
      info = cluster.info();
    }
    List<DoorRow> doors =
        info.doors().stream().map(door -> new DoorRow(info.nodeId(), door)).toList();
    invocation.show(
        json -> {
          json.startObject()
              .field("node", info.nodeId())
              .field("cluster", info.cluster())
              .field("version", info.version())
              .field("endpoint", info.clientEndpoint());
          DoorRow.COLUMNS.writeArray(json.name("doors"), doors);
          LIMITS.writeArray(json.name("limits"), info.limits());
          json.endObject();
        },
        screen -> table(screen, info, doors));
  }

  private static void table(Screen screen, NodeInfo info, List<DoorRow> doors) {
    screen.line("node      " + info.nodeId() + " of cluster " + info.cluster());
    screen.line("version   " + info.version());
    screen.line("endpoint  " + info.clientEndpoint());
    screen.line("");
    DoorRow.COLUMNS.table(doors, screen).forEach(screen::line);
    screen.line("");
    SHOWN.table(info.limits(), screen).forEach(screen::line);
  }

  private static String value(NodeLimit limit) {
    return switch (limit.unit()) {
      case "ms" -> Durations.format(limit.value());
      case "" -> Long.toString(limit.value());
      default -> limit.value() + " " + limit.unit();
    };
  }
}
