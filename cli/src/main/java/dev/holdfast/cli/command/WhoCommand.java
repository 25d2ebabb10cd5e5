package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.LockCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Who holds a lock. */
@Command(
    name = "who",
    description = "Tells who holds a lock.",
    footer = {"", "Example: holdfast who orders/42"})
final class WhoCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();
  @Mixin private ReadOptions read = new ReadOptions();

  WhoCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    LockCheck check;
    try (Cluster cluster = invocation.connect()) {
      check = cluster.check(name.value(), read.consistency(), 0);
    }
    invocation.show(
        json -> {
          json.startObject().field("lock", check.lock());
          json.field("holder_count", check.holderCount());
          Views.HOLDERS.writeArray(json.name("holders"), check.holders());
          Views.RESERVATIONS.writeArray(json.name("reservations"), check.reservations());
          json.field("queue_length", check.queueLength());
          Views.writeRead(json, check.info());
          json.endObject();
        },
        screen -> {
          if (check.isFree()) {
            screen.message("nobody holds '" + Text.printable(check.lock()) + "'");
          } else {
            Views.HOLDERS.table(check.holders(), screen).forEach(screen::line);
            Limits.tellOfOtherHolders(screen, check);
          }
          if (!check.reservations().isEmpty()) {
            screen.line("reserved, though not held any more");
            Views.RESERVATIONS
                .table(check.reservations(), screen)
                .forEach(line -> screen.line("  " + line));
          }
        });
  }
}
