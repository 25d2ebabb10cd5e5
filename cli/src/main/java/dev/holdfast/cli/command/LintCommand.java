package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.LintReport;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Orders in which locks were taken that could deadlock. */
@Command(
    name = "lint",
    description = {
      "Warns of lock orders that could deadlock, although they have not: one client takes A, then B, another B, then A.",
      "",
      "What one node has seen since it started; the output says since which revision. Locks of one request have no "
          + "order. A preempt waits for nobody, so what it asks for is no second lock, but what it gets is a first one.",
      "",
      "Exit code: 0 if there is nothing to warn of, 1 if there is."
    },
    footer = {"", "Example: holdfast lint --endpoints 10.0.0.1:5470"})
final class LintCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(names = "--limit", paramLabel = "N", description = "Most findings (default: 100).")
  private int limit = 100;

  LintCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    Limits.requireAtLeastOne(limit);
    LintReport report;
    try (Cluster cluster = invocation.connect()) {
      report = cluster.waits().lint(Math.min(limit, Limits.PAGE_MAX));
    }
    invocation.show(json -> write(json, report), screen -> table(screen, report));
    return (report.findings().isEmpty() ? ExitCode.OK : ExitCode.FAILED).number();
  }

  private static void write(Json json, LintReport report) {
    json.startObject().name("findings").startArray();
    for (LintReport.Finding finding : report.findings()) {
      json.startObject().name("orders").startArray();
      for (LintReport.Order order : finding.orders()) {
        json.startObject()
            .field("held_lock", order.heldLock())
            .field("held", WaitWords.form(order.heldMode(), order.heldPermits()))
            .field("wanted_lock", order.wantedLock())
            .field("wanted", WaitWords.form(order.wantedMode(), order.wantedPermits()))
            .field("session", order.sessionId())
            .field("owner", order.owner())
            .field("label", order.label())
            .field("revision", order.revision())
            .field("ago_ms", agoMillis(report, order))
            .field("times", order.times())
            .endObject();
      }
      json.endArray().endObject();
    }
    json.endArray()
        .field("more", report.more())
        .field("since_revision", report.sinceRevision())
        .field("gaps", report.gaps())
        .field("orders_known", report.ordersKnown())
        .field("orders_forgotten", report.ordersForgotten())
        .field("grants_passed_over", report.grantsPassedOver());
    Views.writeRead(json, report.info());
    json.endObject();
  }

  private static void table(Screen screen, LintReport report) {
    for (LintReport.Finding finding : report.findings()) {
      screen.line(
          screen.styled(Screen.Style.BOLD, "could deadlock: ")
              + finding.orders().stream()
                  .map(
                      order ->
                          "'"
                              + Text.printable(order.heldLock())
                              + "', then '"
                              + Text.printable(order.wantedLock())
                              + "'")
                  .collect(Collectors.joining(" / ")));
      finding.orders().forEach(order -> screen.line("  " + sentence(report, order)));
    }
    if (report.findings().isEmpty()) {
      screen.message("no lock orders that could deadlock");
    }
    if (report.more()) {
      screen.message("there are more; for them: a larger --limit");
    }
    screen.message(horizon(report));
  }

  private static String sentence(LintReport report, LintReport.Order order) {
    return WaitWords.who(order.owner(), order.sessionId(), order.label())
        + " had "
        + WaitWords.form(order.heldMode(), order.heldPermits())
        + " on '"
        + Text.printable(order.heldLock())
        + "' and asked for "
        + WaitWords.form(order.wantedMode(), order.wantedPermits())
        + " on '"
        + Text.printable(order.wantedLock())
        + "', "
        + Durations.format(agoMillis(report, order))
        + " ago, "
        + (order.times() == 1 ? "once" : order.times() + " times")
        + " seen";
  }

  /** How far the node has looked: without that, no finding and no silence is worth anything. */
  private static String horizon(LintReport report) {
    String node = "node " + report.info().nodeId();
    if (report.sinceRevision() == 0) {
      return node + " has seen nothing yet";
    }
    StringBuilder text =
        new StringBuilder(node + " has looked since revision " + report.sinceRevision());
    if (report.gaps() > 0) {
      text.append(", with ").append(report.gaps()).append(report.gaps() == 1 ? " gap," : " gaps,");
    }
    text.append(" and knows ").append(report.ordersKnown()).append(" orders");
    if (report.ordersForgotten() > 0) {
      text.append("; ").append(report.ordersForgotten()).append(" were forgotten");
    }
    if (report.grantsPassedOver() > 0) {
      text.append("; ").append(report.grantsPassedOver()).append(" grants were not looked at");
    }
    return text.toString();
  }

  private static long agoMillis(LintReport report, LintReport.Order order) {
    return Math.max(0, report.info().clockMillis() - order.clockMillis());
  }
}
