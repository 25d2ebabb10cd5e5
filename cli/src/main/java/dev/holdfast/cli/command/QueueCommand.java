package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.LockCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who waits for a lock. */
@Command(
    name = "queue",
    description = "Lists who waits for a lock, the next one first.",
    footer = {"", "Example: holdfast queue orders/42"})
final class QueueCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();
  @Mixin private ReadOptions read = new ReadOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most requests to list (default: 100).")
  private int limit = 100;

  QueueCommand(Invocation invocation) {
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
          json.startObject().field("lock", check.lock()).field("queue_length", check.queueLength());
          Views.WAITERS.writeArray(json.name("queue"), check.queue());
          Views.writeRead(json, check.info());
          json.endObject();
        },
        screen -> {
          if (check.queueLength() == 0) {
            screen.message("nobody waits for '" + Text.printable(check.lock()) + "'");
            return;
          }
          Views.WAITERS.table(check.queue(), screen).forEach(screen::line);
          Limits.tellOfMore(screen, check.queue().size(), check.queueLength());
        });
  }
}
