package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.NodeStatus;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Whether the cluster is well, in a few lines. */
@Command(
    name = "status",
    description = {
      "Tells in a few lines whether the cluster is well, and how many clients came through which"
          + " door of which node.",
      "",
      "Exit code 0: there is a leader. 1: there is none. 69: no node answered. For every node:"
          + " holdfast cluster status"
    },
    footer = {"", "Example: holdfast status"})
final class StatusCommand implements Callable<Integer> {
  private final Invocation invocation;

  StatusCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    List<NodeRow> nodes;
    try (Cluster cluster = invocation.connect()) {
      nodes = NodeRow.ask(cluster);
    }
    NodeStatus status = best(nodes.stream().map(NodeRow::asEndpointStatus).toList());
    List<DoorRow> doors = DoorRow.of(nodes);
    invocation.show(
        json -> json(json, status, doors),
        screen -> {
          table(screen, status);
          screen.line("");
          DoorRow.COLUMNS.table(doors, screen).forEach(screen::line);
        });
    if (status.leaderId().isEmpty()) {
      invocation
          .screen()
          .message(
              "there is no leader: an election is under way, or too few nodes reach each other; ask again in a moment");
      return ExitCode.FAILED.number();
    }
    return ExitCode.OK.number();
  }

  /** The leader's own word if it was asked, else that of the node that knows most. */
  static NodeStatus best(List<EndpointStatus> answers) {
    return answers.stream()
        .flatMap(answer -> answer.status().stream())
        .max(Comparator.comparingInt(StatusCommand::rank).thenComparingLong(NodeStatus::revision))
        .orElseThrow(() -> noAnswer(answers));
  }

  private static int rank(NodeStatus status) {
    if (status.leaderId().isEmpty()) {
      return 0;
    }
    return status.nodeId().equals(status.leaderId()) ? 2 : 1;
  }

  private static Failure noAnswer(List<EndpointStatus> answers) {
    EndpointStatus first = answers.get(0);
    String others =
        answers.size() == 1 ? "" : " (and none of the " + (answers.size() - 1) + " others)";
    return new Failure(
        ExitCode.UNAVAILABLE,
        "no answer from "
            + first.endpoint()
            + others
            + ": "
            + first.problem().orElse("no reason given"),
        ErrorReport.NO_NODE_NEXT_STEP);
  }

  private static void json(Json json, NodeStatus status, List<DoorRow> doors) {
    json.startObject();
    NodeRow.COLUMNS.writeFields(json, new NodeRow("", status, ""));
    Views.MEMBERS.writeArray(json.name("members"), status.members());
    DoorRow.COLUMNS.writeArray(json.name("doors"), doors);
    json.endObject();
  }

  private static void table(Screen screen, NodeStatus status) {
    long heard = status.members().stream().filter(member -> recentlyHeard(status, member)).count();
    screen.line("leader    " + leader(status));
    screen.line(
        "nodes     " + heard + " of " + status.members().size() + " heard of in the last 3s");
    screen.line("revision  " + status.revision() + ", state " + NodeRow.shortHash(status));
    screen.line("sessions  " + status.sessions());
    screen.line(
        "locks     "
            + status.locks()
            + " held or waited for, "
            + status.waiting()
            + " requests waiting");
    screen.line(
        "answered  by node " + status.nodeId() + " (" + status.version() + ")" + age(status));
  }

  private static boolean recentlyHeard(NodeStatus status, MemberInfo member) {
    return member.nodeId().equals(status.nodeId())
        || (member.heardMillisAgo() >= 0 && member.heardMillisAgo() < 3_000);
  }

  private static String leader(NodeStatus status) {
    if (status.leaderId().isEmpty()) {
      return "none";
    }
    String endpoint = status.leaderEndpoint().isEmpty() ? "" : " at " + status.leaderEndpoint();
    return status.leaderId() + endpoint + ", term " + status.term();
  }

  private static String age(NodeStatus status) {
    boolean leads = status.nodeId().equals(status.leaderId());
    return leads || status.leaderHeardMillisAgo() < 0
        ? ""
        : ", which heard of the leader " + Durations.format(status.leaderHeardMillisAgo()) + " ago";
  }
}
