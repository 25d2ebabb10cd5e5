package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.LockPage;
import dev.holdfast.client.LockSummary;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All locks. */
@Command(
    name = "locks",
    description = "Lists the locks that are held or waited for, in the order of their names.",
    footer = {"", "Example: holdfast locks orders/"})
final class LocksCommand implements Runnable {
  private static final Columns<LockSummary> COLUMNS =
      new Columns<LockSummary>()
          .text("lock", "LOCK", LockSummary::lock)
          .text("mode", "MODE", LocksCommand::mode)
          .number("queue_length", "WAITING", LockSummary::queueLength)
          .number("token", "TOKEN", LocksCommand::latestToken)
          .duration(
              "held_ms",
              "HELD",
              summary ->
                  summary.holders().stream().mapToLong(LockHolder::heldMillis).max().orElse(-1))
          .text("holder", "HOLDER", LocksCommand::holder);

  /** Unknown if not all holders are listed: the first are. */
  private static long latestToken(LockSummary summary) {
    return summary.holders().size() < summary.holderCount()
        ? -1
        : summary.holders().stream().mapToLong(LockHolder::token).max().orElse(-1);
  }

  private static String mode(LockSummary summary) {
    if (summary.holders().isEmpty()) {
      return summary.reservations().isEmpty() ? "" : "reserved";
    }
    LockHolder first = summary.holders().get(0);
    return Views.how(first.mode(), first.permits());
  }

  private final Invocation invocation;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PREFIX",
      description = "Only names that begin so.")
  private String prefix = "";

  @Option(names = "--limit", paramLabel = "N", description = "Most locks to list (default: 1000).")
  private int limit = 1_000;

  @Mixin private ReadOptions read = new ReadOptions();

  LocksCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    Limits.requireAtLeastOne(limit);
    List<LockSummary> locks = new ArrayList<>();
    LockPage page;
    try (Cluster cluster = invocation.connect()) {
      String after = "";
      do {
        page =
            cluster.locks(
                prefix, after, Math.min(Limits.PAGE_MAX, limit - locks.size()), read.consistency());
        locks.addAll(page.locks());
        after = locks.isEmpty() ? "" : locks.getLast().lock();
      } while (page.more() && locks.size() < limit);
    }
    LockPage last = page;
    invocation.show(
        json -> {
          json.startObject().name("locks").startArray();
          for (LockSummary lock : locks) {
            json.startObject().field("lock", lock.lock()).field("queue_length", lock.queueLength());
            json.field("holder_count", lock.holderCount());
            Views.HOLDERS.writeArray(json.name("holders"), lock.holders());
            json.endObject();
          }
          json.endArray().field("more", last.more());
          Views.writeRead(json, last.info());
          json.endObject();
        },
        screen -> {
          if (locks.isEmpty()) {
            screen.message(
                prefix.isEmpty() ? "no locks are held" : "no locks with that prefix are held");
            return;
          }
          COLUMNS.table(locks, screen).forEach(screen::line);
          if (last.more()) {
            screen.message("there are more; for them: a longer prefix, or --limit " + limit * 10L);
          }
        });
  }

  private static String holder(LockSummary summary) {
    List<LockHolder> holders = summary.holders();
    if (holders.isEmpty()) {
      return "";
    }
    String first = holders.get(0).label();
    int others = summary.holderCount() - 1;
    return others == 0 ? first : first + " and " + others + " more";
  }
}
