package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.client.DoorStatus;
import java.util.ArrayList;
import java.util.List;

/** One door of one node. */
record DoorRow(String node, DoorStatus door) {
  static final Columns<DoorRow> COLUMNS =
      new Columns<DoorRow>()
          .text("node", "NODE", DoorRow::node)
          .text("door", "DOOR", row -> row.door.name())
          .text("address", "ADDRESS", row -> row.door.address())
          .number("connections_open", "OPEN", row -> row.door.connectionsOpen())
          .number("connections", "CONNECTIONS", row -> row.door.connections())
          .number("requests", "REQUESTS", row -> row.door.requests());

  /** Those of all nodes that answered, in their order. */
  static List<DoorRow> of(List<NodeRow> nodes) {
    List<DoorRow> rows = new ArrayList<>();
    for (NodeRow node : nodes) {
      node.asEndpointStatus()
          .status()
          .ifPresent(
              status ->
                  status.doors().forEach(door -> rows.add(new DoorRow(status.nodeId(), door))));
    }
    return rows;
  }
}
