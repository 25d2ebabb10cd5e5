package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.DeadlockList;
import dev.holdfast.client.DeadlockReport;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The deadlocks that were found last. */
@Command(
    name = "deadlocks",
    description = {
      "Lists the deadlocks that were found last, each with its whole cycle.",
      "",
      "A deadlock is found when the request arrives that closes the cycle, and broken at once by refusing one request: "
          + "the one with the lowest priority, of these the latest. The cluster remembers the last 64."
    },
    footer = {"", "Example: holdfast deadlocks -o json"})
final class DeadlocksCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private ReadOptions read = new ReadOptions();

  DeadlocksCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    DeadlockList list;
    try (Cluster cluster = invocation.connect()) {
      list = cluster.waits().deadlocks(read.consistency());
    }
    invocation.show(json -> write(json, list), screen -> table(screen, list));
  }

  private static void write(Json json, DeadlockList list) {
    json.startObject().name("deadlocks").startArray();
    for (DeadlockReport deadlock : list.deadlocks()) {
      json.startObject()
          .field("revision", deadlock.revision())
          .field("clock_ms", deadlock.clockMillis())
          .field("ago_ms", agoMillis(list, deadlock))
          .field("length", deadlock.length())
          .field("victim_ticket", deadlock.victimTicket());
      json.name("edges").startArray();
      for (int i = 0; i < deadlock.members().size(); i++) {
        json.startObject();
        WaitWords.writeMember(json, deadlock.members().get(i), next(deadlock, i));
        json.field("victim", isVictim(deadlock, i)).endObject();
      }
      json.endArray().endObject();
    }
    json.endArray();
    Views.writeRead(json, list.info());
    json.endObject();
  }

  private static void table(Screen screen, DeadlockList list) {
    if (list.deadlocks().isEmpty()) {
      screen.message("no deadlock is remembered");
      return;
    }
    new Columns<DeadlockReport>()
        .number("revision", "REVISION", DeadlockReport::revision)
        .duration("ago_ms", "AGO", deadlock -> agoMillis(list, deadlock))
        .number("length", "OWNERS", DeadlockReport::length)
        .text("refused", "REFUSED", DeadlocksCommand::victim)
        .table(list.deadlocks(), screen)
        .forEach(screen::line);
    for (DeadlockReport deadlock : list.deadlocks()) {
      screen.line("");
      screen.line(
          screen.styled(Screen.Style.BOLD, "deadlock found at revision " + deadlock.revision()));
      for (int i = 0; i < deadlock.members().size(); i++) {
        screen.line("  " + edge(deadlock, i));
      }
      int left = deadlock.length() - deadlock.members().size();
      if (left > 0) {
        screen.line("  ... and " + left + " more owners, until the first one again");
      }
    }
  }

  private static String edge(DeadlockReport deadlock, int i) {
    DeadlockReport.Member member = deadlock.members().get(i);
    return (i + 1)
        + "  "
        + WaitWords.who(member)
        + " waited "
        + Durations.format(member.waitedMillis())
        + " for "
        + WaitWords.form(member.wantedMode(), member.wantedPermits())
        + " on '"
        + Text.printable(member.lock())
        + "', held as "
        + WaitWords.form(member.heldMode(), member.heldPermits())
        + " by "
        + holder(deadlock, i)
        + " under token "
        + member.heldToken()
        + (isVictim(deadlock, i) ? "; this request was refused" : "");
  }

  private static String holder(DeadlockReport deadlock, int i) {
    int told = deadlock.members().size();
    if (i + 1 < told) {
      return "number " + (i + 2);
    }
    return told == deadlock.length() ? "number 1" : "one that is not told";
  }

  private static DeadlockReport.Member next(DeadlockReport deadlock, int i) {
    List<DeadlockReport.Member> members = deadlock.members();
    return members.get((i + 1) % members.size());
  }

  private static boolean isVictim(DeadlockReport deadlock, int i) {
    return deadlock.members().get(i).ticket() == deadlock.victimTicket();
  }

  private static String victim(DeadlockReport deadlock) {
    return deadlock.members().stream()
        .filter(member -> member.ticket() == deadlock.victimTicket())
        .map(
            member ->
                member.label().isEmpty()
                    ? "session " + member.request().sessionId().value()
                    : member.label())
        .findFirst()
        .orElse("");
  }

  private static long agoMillis(DeadlockList list, DeadlockReport deadlock) {
    return Math.max(0, list.info().clockMillis() - deadlock.clockMillis());
  }
}
