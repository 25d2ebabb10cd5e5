package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.NodeStatus;
import dev.holdfast.client.SnapshotTaken;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What operators do with nodes. */
@Command(
    name = "cluster",
    description = "Looks after the nodes of the cluster.",
    footer = {"", "Example: holdfast cluster status"})
final class ClusterCommand {
  private final Invocation invocation;

  ClusterCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(
      name = "status",
      description = {
        "Asks every node and shows a row for each.",
        "",
        "Nodes with the same REVISION have the same STATE. Exit code 0: there is a leader. 1: there is none. "
            + "69: no node answered."
      },
      footer = {"", "Example: holdfast cluster status -o json"})
  int status() {
    List<NodeRow> rows;
    NodeStatus best;
    try (Cluster cluster = invocation.connect()) {
      rows = NodeRow.ask(cluster);
      best = StatusCommand.best(rows.stream().map(NodeRow::asEndpointStatus).toList());
    }
    invocation.show(
        json -> NodeRow.COLUMNS.writeArray(json, rows),
        screen -> {
          NodeRow.COLUMNS.table(rows, screen).forEach(screen::line);
          rows.stream()
              .filter(row -> !row.problem().isEmpty())
              .forEach(
                  row ->
                      screen.message(
                          row.endpoint() + " did not answer: " + Text.printable(row.problem())));
        });
    return (best.leaderId().isEmpty() ? ExitCode.FAILED : ExitCode.OK).number();
  }

  @Command(
      name = "members",
      description =
          "Lists the members of the cluster, as the leader (or the node that knows most) sees them.",
      footer = {"", "Example: holdfast cluster members"})
  void members() {
    NodeStatus status;
    try (Cluster cluster = invocation.connect()) {
      status = StatusCommand.best(cluster.statuses(cluster.endpoints()));
    }
    show(status.members());
  }

  @Command(
      name = "add",
      description =
          "Adds a node to the cluster. Start it first, with an empty data directory and its own node id.",
      footer = {"", "Example: holdfast cluster add n4 10.0.0.4:5472"})
  void add(
      @Parameters(paramLabel = "NODE", description = "The new node's id.") String nodeId,
      @Parameters(paramLabel = "HOST:PORT", description = "Where the other nodes reach it.")
          String peerAddress) {
    change(cluster -> cluster.addMember(nodeId, peerAddress));
  }

  @Command(
      name = "remove",
      description =
          "Takes a node out of the cluster. Stop it afterwards; it must not come back with its old data.",
      footer = {"", "Example: holdfast cluster remove n4"})
  void remove(@Parameters(paramLabel = "NODE", description = "The node's id.") String nodeId) {
    change(cluster -> cluster.removeMember(nodeId));
  }

  @Command(
      name = "replace",
      description = {
        "Takes back a node that lost its disk.",
        "",
        "It has forgotten its votes, so it may not go on under its old identity: this removes the old one and adds a new "
            + "one under the same id, in one step. Start the node with an empty data directory, then run this."
      },
      footer = {"", "Example: holdfast cluster replace n2"})
  void replace(@Parameters(paramLabel = "NODE", description = "The node's id.") String nodeId) {
    change(cluster -> cluster.replaceMember(nodeId));
  }

  @Command(
      name = "transfer",
      description = "Makes another node the leader, before you stop the present one for instance.",
      footer = {"", "Example: holdfast cluster transfer n3"})
  void transfer(
      @Parameters(
              arity = "0..1",
              defaultValue = "",
              paramLabel = "NODE",
              description = "Which one (default: whichever has most of the log).")
          String nodeId) {
    NodeStatus status;
    try (Cluster cluster = invocation.connect()) {
      status = cluster.transferLeadership(nodeId);
    }
    invocation.show(
        json ->
            json.startObject()
                .field("leader", status.leaderId())
                .field("term", status.term())
                .endObject(),
        screen -> screen.line("the leader is " + status.leaderId() + ", term " + status.term()));
  }

  /** A node that wrote a snapshot. */
  private record Snapshot(String endpoint, SnapshotTaken taken) {}

  private static final Columns<Snapshot> SNAPSHOTS =
      new Columns<Snapshot>()
          .text("endpoint", "ENDPOINT", Snapshot::endpoint)
          .number("log_index", "LOG INDEX", snapshot -> snapshot.taken().logIndex())
          .number("bytes", "BYTES", snapshot -> snapshot.taken().bytes());

  @Command(
      name = "snapshot",
      description =
          "Makes the node at each of the endpoints write a snapshot now, and waits until it is written.",
      footer = {"", "Example: holdfast cluster snapshot --endpoints 127.0.0.1:5470"})
  void snapshot() {
    List<Snapshot> snapshots = new ArrayList<>();
    try (Cluster cluster = invocation.connect()) {
      for (String endpoint : cluster.endpoints()) {
        snapshots.add(new Snapshot(endpoint, cluster.snapshot(endpoint)));
      }
    }
    invocation.show(
        json -> SNAPSHOTS.writeArray(json, snapshots),
        screen -> SNAPSHOTS.table(snapshots, screen).forEach(screen::line));
  }

  private interface Change extends java.util.function.Function<Cluster, List<MemberInfo>> {}

  private void change(Change change) {
    List<MemberInfo> members;
    try (Cluster cluster = invocation.connect()) {
      members = change.apply(cluster);
    }
    show(members);
  }

  private void show(List<MemberInfo> members) {
    invocation.show(
        json -> Views.MEMBERS.writeArray(json, members),
        screen -> Views.MEMBERS.table(members, screen).forEach(screen::line));
  }
}
