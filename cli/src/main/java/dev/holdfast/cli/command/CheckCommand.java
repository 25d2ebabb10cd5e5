package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.LockCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All about one lock. */
@Command(
    name = "check",
    description = "Tells who holds a lock, who waits for it, and how fresh that answer is.",
    footer = {"", "Example: holdfast check orders/42 --local"})
final class CheckCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();
  @Mixin private ReadOptions read = new ReadOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most waiting requests to list (default: 100).")
  private int limit = 100;

  CheckCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    Limits.requireAtLeastOne(limit);
    LockCheck check;
    try (Cluster cluster = invocation.connect()) {
      check = cluster.check(name.value(), read.consistency(), limit);
    }
    invocation.show(
        json -> {
          json.startObject().field("lock", check.lock()).field("free", check.isFree());
          json.field("holder_count", check.holderCount());
          Views.HOLDERS.writeArray(json.name("holders"), check.holders());
          Views.RESERVATIONS.writeArray(json.name("reservations"), check.reservations());
          json.field("has_value", check.value() != null);
          json.field("queue_length", check.queueLength());
          Views.WAITERS.writeArray(json.name("queue"), check.queue());
          Views.writeRead(json, check.info());
          json.endObject();
        },
        screen -> table(screen, check));
  }

  private static void table(Screen screen, LockCheck check) {
    screen.line("lock      " + Text.printable(check.lock()));
    screen.line("state     " + state(check));
    screen.line("answered  " + Views.sentence(check.info()));
    if (!check.holders().isEmpty()) {
      screen.line("");
      screen.line("held by");
      Views.HOLDERS.table(check.holders(), screen).forEach(line -> screen.line("  " + line));
      Limits.tellOfOtherHolders(screen, check);
    }
    if (!check.reservations().isEmpty()) {
      screen.line("");
      screen.line("reserved, though not held any more");
      Views.RESERVATIONS
          .table(check.reservations(), screen)
          .forEach(line -> screen.line("  " + line));
    }
    if (!check.queue().isEmpty()) {
      screen.line("");
      screen.line("waiting");
      Views.WAITERS.table(check.queue(), screen).forEach(line -> screen.line("  " + line));
      Limits.tellOfMore(screen, check.queue().size(), check.queueLength());
    }
  }

  private static String state(LockCheck check) {
    String held =
        check.isFree()
            ? check.reservations().isEmpty() ? "free" : "reserved"
            : check.holderCount() == 1 ? "held" : "held by " + check.holderCount();
    return check.queueLength() == 0 ? held : held + ", " + check.queueLength() + " waiting";
  }
}
