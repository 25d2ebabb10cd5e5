package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockHolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which nodes have a grant. */
@Command(
    name = "grant-info",
    description = {
      "Tells which nodes have applied the grants of a lock: asks every node for its own map.",
      "",
      "A node that has applied a grant shows it under the same fencing token as every other one. A node that is behind "
          + "is shown with the revision of its map, which is smaller than the token. A lock that is released meanwhile may "
          + "be shown as ended by some.",
      "",
      "Exit code 0: the latest grant is in the maps of a majority, or there is none. 1: fewer nodes could tell so."
    },
    footer = {"", "Example: holdfast grant-info orders/42"})
final class GrantInfoCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();

  GrantInfoCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  /** What one node's map says; {@code check} is null if it did not answer. */
  private record Answer(NodeRow node, @Nullable LockCheck check, String problem) {
    String state(long token) {
      if (check == null) {
        return "unreachable";
      }
      if (check.holders().stream().anyMatch(holder -> holder.token() == token)) {
        return "granted";
      }
      // A token is the revision at which it was granted.
      return check.info().revision() < token ? "behind" : "ended";
    }
  }

  /** One grant at one node. */
  private record Row(LockHolder grant, Answer at) {
    static final Columns<Row> COLUMNS =
        new Columns<Row>()
            .number("token", "TOKEN", row -> row.grant.token())
            .text("mode", "MODE", row -> Views.how(row.grant.mode(), row.grant.permits()))
            .number("session", "SESSION", row -> row.grant.sessionId())
            .text("node", "NODE", Row::node)
            .text("endpoint", "ENDPOINT", row -> row.at.node.endpoint())
            .text("state", "STATE", Row::state)
            .number("revision", "REVISION", Row::revision)
            .duration("leader_heard_ms_ago", "LEADER HEARD", Row::leaderHeardMillisAgo)
            .text("problem", "PROBLEM", row -> row.at.problem);

    String state() {
      return at.state(grant.token());
    }

    private String node() {
      if (at.check != null) {
        return at.check.info().nodeId();
      }
      return at.node.status() == null ? "" : at.node.status().nodeId();
    }

    private long revision() {
      return at.check == null ? -1 : at.check.info().revision();
    }

    private long leaderHeardMillisAgo() {
      return at.check == null ? -1 : at.check.info().leaderHeardMillisAgo();
    }
  }

  @Override
  public Integer call() {
    List<NodeRow> nodes;
    try (Cluster cluster = invocation.connect()) {
      nodes = NodeRow.ask(cluster);
    }
    int members =
        StatusCommand.best(nodes.stream().map(NodeRow::asEndpointStatus).toList()).members().size();
    List<Answer> answers = nodes.stream().map(this::ask).toList();
    List<Row> rows = rows(answers);
    long latest = rows.stream().mapToLong(row -> row.grant.token()).max().orElse(0);
    long on =
        rows.stream()
            .filter(row -> row.grant.token() == latest && row.state().equals("granted"))
            .count();
    invocation.show(
        json -> {
          json.startObject().field("lock", name.value()).field("members", members);
          json.field("latest_token", latest == 0 ? null : latest).field("on", on);
          Row.COLUMNS.writeArray(json.name("grants"), rows);
          json.endObject();
        },
        screen -> table(screen, rows, latest, on, members));
    return rows.isEmpty() || on > members / 2 ? ExitCode.OK.number() : ExitCode.FAILED.number();
  }

  private Answer ask(NodeRow node) {
    if (node.status() == null) {
      return new Answer(node, null, node.problem());
    }
    Duration timeout = invocation.globals().timeout();
    try (Cluster one = invocation.connect(node.endpoint(), timeout)) {
      return new Answer(node, one.check(name.value(), Consistency.LOCAL, 0), "");
    } catch (HoldfastException e) {
      return new Answer(node, null, ErrorReport.of(e).getMessage());
    }
  }

  /** Every grant that any node knows, at every node; the latest first. */
  private static List<Row> rows(List<Answer> answers) {
    Map<Long, LockHolder> grants = new TreeMap<>((a, b) -> Long.compare(b, a));
    for (Answer answer : answers) {
      if (answer.check != null) {
        answer.check.holders().forEach(holder -> grants.putIfAbsent(holder.token(), holder));
      }
    }
    List<Row> rows = new ArrayList<>();
    grants.values().forEach(grant -> answers.forEach(answer -> rows.add(new Row(grant, answer))));
    return rows;
  }

  /** An answer that lists only the first of the holders, so that there may be a later grant. */
  private static Optional<LockCheck> answersCut(List<Row> rows) {
    return rows.stream()
        .map(row -> row.at.check)
        .filter(Objects::nonNull)
        .filter(check -> check.holders().size() < check.holderCount())
        .findFirst();
  }

  private void table(Screen screen, List<Row> rows, long latest, long on, int members) {
    if (rows.isEmpty()) {
      screen.message("no node that answered has a grant of '" + Text.printable(name.value()) + "'");
      return;
    }
    Row.COLUMNS.table(rows, screen).forEach(screen::line);
    answersCut(rows).ifPresent(check -> Limits.tellOfOtherHolders(screen, check));
    screen.message(
        "token "
            + latest
            + " is in the maps of "
            + on
            + " of "
            + members
            + " nodes; a majority is "
            + (members / 2 + 1));
  }
}
