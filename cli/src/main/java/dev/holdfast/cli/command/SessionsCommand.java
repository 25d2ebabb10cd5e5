package dev.holdfast.cli.command;

import dev.holdfast.client.SessionPage;
import dev.holdfast.client.SessionSummary;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All sessions. */
@Command(
    name = "sessions",
    description = "Lists the sessions of clients, the oldest first.",
    footer = {"", "Example: holdfast sessions -o json"})
final class SessionsCommand implements Runnable {
  private final Invocation invocation;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most sessions to list (default: 1000).")
  private int limit = 1_000;

  @Mixin private ReadOptions read = new ReadOptions();

  SessionsCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    Limits.requireAtLeastOne(limit);
    List<SessionSummary> sessions = new ArrayList<>();
    SessionPage page;
    try (Cluster cluster = invocation.connect()) {
      long after = 0;
      do {
        page =
            cluster.sessions(
                after, Math.min(Limits.PAGE_MAX, limit - sessions.size()), read.consistency());
        sessions.addAll(page.sessions());
        after = sessions.isEmpty() ? 0 : sessions.getLast().sessionId();
      } while (page.more() && sessions.size() < limit);
    }
    SessionPage last = page;
    invocation.show(
        json -> {
          Views.SESSIONS.writeArray(json.startObject().name("sessions"), sessions);
          json.field("more", last.more());
          Views.writeRead(json, last.info());
          json.endObject();
        },
        screen -> {
          if (sessions.isEmpty()) {
            screen.message("there are no sessions");
            return;
          }
          Views.SESSIONS.table(sessions, screen).forEach(screen::line);
          if (last.more()) {
            screen.message("there are more; for them: --limit " + limit * 10L);
          }
        });
  }
}
