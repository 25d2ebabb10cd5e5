package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.command.NameArgument;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Unlocks what this shell has locked. */
@Command(
    name = "unlock",
    description = {
      "Releases what this shell has locked, with everything that was locked in the same request.",
      "",
      "What others hold is taken from them with: holdfast unlock NAME --token N"
    },
    footer = {"", "Example: unlock orders/42"})
final class UnlockLine implements Runnable {
  private final Invocation invocation;
  private final ShellLocks locks;

  @Mixin private NameArgument name = new NameArgument();

  UnlockLine(Invocation invocation, ShellLocks locks) {
    this.invocation = invocation;
    this.locks = locks;
  }

  @Override
  public void run() {
    ShellLocks.Holding holding =
        locks.held().stream()
            .filter(each -> each.demands().stream().anyMatch(this::isMeant))
            .findFirst()
            .orElseThrow(this::notHeld);
    String names = Announcer.names(holding);
    long token = holding.token();
    holding.release();
    invocation.show(
        json -> json.startObject().field("token", token).field("released", true).endObject(),
        screen -> screen.line("released " + names + " (token " + token + ")"));
  }

  private boolean isMeant(dev.holdfast.client.Demand demand) {
    return demand.lock().equals(name.value());
  }

  private Failure notHeld() {
    return new Failure(
        ExitCode.REFUSED,
        "this shell does not hold " + ShellTree.quoted(name.value()),
        "what it holds: held; who holds it: who " + ShellTree.quoted(name.value()));
  }
}
