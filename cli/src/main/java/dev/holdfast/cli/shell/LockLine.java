package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.command.NameArgument;
import dev.holdfast.cli.command.NotAcquired;
import dev.holdfast.cli.command.RequestOptions;
import dev.holdfast.cli.command.WaitLine;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.RefusalReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Locks. */
@Command(
    name = "lock",
    description = {
      "Locks, and holds it until it is unlocked or the shell ends.",
      "",
      "Without --wait and --try it waits as long as it takes; ^C gives up the place in the queue."
    },
    footer = {"", "Example: lock orders/42 --wait 3s", "         lock reports --mode S"})
final class LockLine implements Runnable {
  private final Invocation invocation;
  private final ShellLocks locks;

  @Mixin private NameArgument name = new NameArgument();

  @Mixin private RequestOptions wanted = new RequestOptions();

  LockLine(Invocation invocation, ShellLocks locks) {
    this.invocation = invocation;
    this.locks = locks;
  }

  @Override
  public void run() {
    AcquireRequest request = wanted.request(name.value());
    ShellLocks.Holding holding;
    try {
      holding =
          switch (locks.acquire(request, new WaitLine(invocation.screen()))) {
            case ShellLocks.Outcome.Granted granted -> granted.holding();
            case ShellLocks.Outcome.Refused refused -> throw refused(request, refused);
          };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      invocation.screen().message("gave up waiting for " + ShellTree.quoted(name.value()));
      throw new Failure(ExitCode.INTERRUPTED, "interrupted", "", e);
    }
    invocation.show(
        json -> {
          json.startObject().field("token", holding.token()).name("locks").startArray();
          holding.demands().stream().map(Demand::toString).forEach(json::value);
          json.endArray().endObject();
        },
        screen ->
            screen.line("locked " + Announcer.names(holding) + " with token " + holding.token()));
  }

  private Failure refused(AcquireRequest request, ShellLocks.Outcome.Refused refused) {
    return refused.reason() == RefusalReason.ALREADY_HELD
        ? new Failure(
            ExitCode.REFUSED,
            "this shell holds " + ShellTree.quoted(name.value()) + " already",
            "what it holds: held",
            refused.cause())
        : NotAcquired.failure(request, refused.reason(), refused.holder(), refused.cause());
  }
}
