package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.client.Demand;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** What this shell holds. */
@Command(
    name = "held",
    description = "Lists what this shell holds, with the fencing tokens.",
    footer = {"", "Example: held"})
final class HeldLine implements Runnable {
  private static final Columns<ShellLocks.Holding> COLUMNS =
      new Columns<ShellLocks.Holding>()
          .number("token", "TOKEN", ShellLocks.Holding::token)
          .text("locks", "LOCKS", HeldLine::demands)
          .duration("held_ms", "HELD", ShellLocks.Holding::heldMillis)
          .duration("left_ms", "LEFT", holding -> holding.remaining().toMillis())
          .text("state", "STATE", holding -> holding.isHeld() ? "held" : "in doubt");

  private final Invocation invocation;
  private final ShellLocks locks;

  HeldLine(Invocation invocation, ShellLocks locks) {
    this.invocation = invocation;
    this.locks = locks;
  }

  private static String demands(ShellLocks.Holding holding) {
    return holding.demands().stream().map(Demand::toString).collect(Collectors.joining(" "));
  }

  @Override
  public void run() {
    List<ShellLocks.Holding> held = locks.held();
    invocation.show(
        json -> {
          json.startObject().field("session", locks.sessionId());
          json.field("state", locks.state().name());
          COLUMNS.writeArray(json.name("held"), held);
          json.endObject();
        },
        screen -> {
          if (held.isEmpty()) {
            screen.message("nothing is held by this shell");
            return;
          }
          COLUMNS.table(held, screen).forEach(screen::line);
        });
  }
}
