package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.NodeStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One node in the overview.
 *
 * @param endpoint where it was asked
 * @param status what it said; null if it did not answer
 * @param problem why it did not answer; empty if it did
 */
record NodeRow(String endpoint, @Nullable NodeStatus status, String problem) {
  private static final int HASH_SHOWN = 12;

  static final Columns<NodeRow> COLUMNS =
      new Columns<NodeRow>()
          .text("endpoint", "ENDPOINT", NodeRow::endpoint)
          .text("node", "NODE", row -> row.status == null ? "" : row.status.nodeId())
          .text("role", "ROLE", NodeRow::role)
          .number("term", "TERM", number(NodeStatus::term))
          .number("revision", "REVISION", number(NodeStatus::revision))
          .text("state", "STATE", row -> shortHash(row.status))
          .number("sessions", "SESSIONS", number(NodeStatus::sessions))
          .number("locks", "LOCKS", number(NodeStatus::locks))
          .number("waiting", "WAITING", number(NodeStatus::waiting))
          .duration("leader_heard_ms_ago", "LEADER HEARD", number(NodeStatus::leaderHeardMillisAgo))
          .text("version", "VERSION", row -> row.status == null ? "" : row.status.version())
          .jsonOnly("leader", row -> row.status == null ? "" : row.status.leaderId())
          .jsonOnly("leader_endpoint", row -> row.status == null ? "" : row.status.leaderEndpoint())
          .jsonOnly("state_hash", row -> row.status == null ? "" : row.status.stateHash())
          .jsonNumber("map_revision", number(NodeStatus::mapRevision))
          .jsonNumber("clock_ms", number(NodeStatus::clockMillis))
          .jsonNumber("last_log_index", number(NodeStatus::lastLogIndex))
          .jsonNumber("committed_index", number(NodeStatus::committedIndex))
          .jsonNumber("applied_index", number(NodeStatus::appliedIndex))
          .jsonNumber("connections", number(NodeStatus::connections))
          .jsonNumber("entries_proposed", number(NodeStatus::entriesProposed))
          .jsonNumber("commands_proposed", number(NodeStatus::commandsProposed))
          .jsonOnly("problem", NodeRow::problem);

  /** The given endpoints, and those that the nodes behind them name. */
  static List<NodeRow> ask(Cluster cluster) {
    List<EndpointStatus> answers = new ArrayList<>(cluster.statuses(cluster.endpoints()));
    Set<String> seen = new LinkedHashSet<>();
    answers.forEach(answer -> answer.status().ifPresent(status -> seen.add(status.nodeId())));
    Set<String> others = new LinkedHashSet<>();
    for (EndpointStatus answer : answers) {
      answer
          .status()
          .ifPresent(
              status ->
                  status.members().stream()
                      .filter(
                          member ->
                              !member.clientEndpoint().isEmpty() && !seen.contains(member.nodeId()))
                      .forEach(member -> others.add(member.clientEndpoint())));
    }
    cluster.endpoints().forEach(others::remove);
    if (!others.isEmpty()) {
      answers.addAll(cluster.statuses(List.copyOf(others)));
    }
    return answers.stream()
        .map(answer -> new NodeRow(answer.endpoint(), answer.answer(), answer.problem().orElse("")))
        .toList();
  }

  EndpointStatus asEndpointStatus() {
    return new EndpointStatus(endpoint, status, status == null ? problem : null);
  }

  /** A state hash as people compare it: the first digits. */
  static String shortHash(@Nullable NodeStatus status) {
    String hash = status == null ? "" : status.stateHash();
    return hash.length() <= HASH_SHOWN ? hash : hash.substring(0, HASH_SHOWN);
  }

  private String role() {
    return status == null ? "unreachable" : status.role().toLowerCase(Locale.ROOT);
  }

  private static ToLongFunction<NodeRow> number(ToLongFunction<NodeStatus> figure) {
    return row -> row.status == null ? -1 : figure.applyAsLong(row.status);
  }
}
