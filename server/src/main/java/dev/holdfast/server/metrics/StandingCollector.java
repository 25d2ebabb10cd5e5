package dev.holdfast.server.metrics;

import dev.holdfast.core.LockStateMachine;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Role;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.NodeReport;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.file.Path;
import java.util.List;

/**
 * How a node stands at the moment of a scrape. All of a group is read at once, so that the figures
 * of one scrape belong together: the map under its read lock for as long as a few counts take; the
 * log and the node's own report as they were published, at most a quarter of a second ago.
 */
final class StandingCollector implements MultiCollector {
  private final NodeHost node;
  private final NodeFacts facts;
  private final Path data;

  StandingCollector(NodeHost node, NodeFacts facts, Path data) {
    this.node = node;
    this.facts = facts;
    this.data = data;
  }

  @Override
  public MetricSnapshots collect() {
    Standing told = new Standing();
    tellNode(told);
    tellLog(told, node.recentStatus());
    node.map()
        .read(
            machine -> {
              tellMap(told, machine);
              return told;
            });
    NodeReport report = node.recentReport();
    if (report != null) {
      tellReport(told, report);
    }
    tellDoors(told, facts.doors().get());
    return told.snapshots();
  }

  private void tellNode(Standing told) {
    told.add(
        InfoSnapshot.builder()
            .name("holdfast_node")
            .help("Which node this is; the value is always 1.")
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(
                        Labels.of(
                            "cluster",
                            facts.cluster(),
                            "node",
                            node.identity().id().value(),
                            "version",
                            node.identity().version()))
                    .build())
            .build());
    told.gauge(
        "holdfast_log_bytes",
        "Bytes of the log's files on this node's disk.",
        FolderSize.bytesOf(data.resolve("log")));
    told.gauge(
        "holdfast_snapshot_bytes",
        "Bytes of the snapshots on this node's disk.",
        FolderSize.bytesOf(data.resolve("snapshots")));
  }

  private static void tellLog(Standing told, LogStatus status) {
    told.gauges(
        "holdfast_role",
        "1 for what this node is at present, 0 for what it is not.",
        "role",
        List.of(Role.values()),
        Role::name,
        role -> role == status.role() ? 1 : 0);
    told.gauge(
        "holdfast_leader_known",
        "1 if this node knows a leader, 0 if it does not.",
        status.leader() == null ? 0 : 1);
    told.gauge("holdfast_term", "Term of the last leader that this node knew.", status.term());
    told.gauge(
        "holdfast_log_last_index",
        "Last entry in this node's log, be it committed or not.",
        status.lastLogIndex());
    told.gauge(
        "holdfast_log_committed_index",
        "Last log entry that this node knows to be on a majority.",
        status.committedIndex());
    told.gauge(
        "holdfast_log_applied_index",
        "Last log entry that is in this node's map.",
        status.appliedIndex());
  }

  private static void tellMap(Standing told, LockStateMachine machine) {
    told.gauge(
        "holdfast_revision",
        "Revision of this node's map; less than that of others means behind.",
        machine.revision());
    told.gauge("holdfast_sessions", "Open sessions in the whole cluster.", machine.sessionCount());
    told.gauge(
        "holdfast_grants_held",
        "Grants at present; one grant may hold several locks.",
        machine.grantCount());
    told.gauge(
        "holdfast_locks", "Locks that are held, waited for or reserved.", machine.lockCount());
    told.gauge(
        "holdfast_requests_waiting", "Requests that wait for a lock.", machine.waitingCount());
  }

  private static void tellReport(Standing told, NodeReport report) {
    told.gauge(
        "holdfast_sessions_attached",
        "Sessions whose client is connected to this node.",
        report.sessionsAttached());
    told.gauge(
        "holdfast_requests_unanswered",
        "Requests at this node without a final answer, waiting ones included.",
        report.answersPending());
    told.counter(
        "holdfast_entries_proposed_total",
        "Log entries that this node proposed as leader since it started.",
        report.entriesProposed());
    told.counter(
        "holdfast_commands_proposed_total",
        "Commands in the log entries that this node proposed.",
        report.commandsProposed());
    told.counter(
        "holdfast_requests_turned_away_total",
        "Requests that this node did not take in because of its limits: OVERLOADED,"
            + " TOO_MANY_REQUESTS.",
        report.requestsTurnedAway());
  }

  private static void tellDoors(Standing told, List<Door> doors) {
    told.gauges(
        "holdfast_door_connections",
        "Connections of clients that are open now, by door.",
        "door",
        doors,
        Door::name,
        door -> door.traffic().connectionsOpen());
    told.counters(
        "holdfast_door_connections_opened_total",
        "Connections of clients since this node started, by door.",
        "door",
        doors,
        Door::name,
        door -> door.traffic().connections());
    told.counters(
        "holdfast_door_requests_total",
        "Requests of clients since this node started, by door; each message of a client is one.",
        "door",
        doors,
        Door::name,
        door -> door.traffic().requests());
  }
}
