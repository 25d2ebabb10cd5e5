package dev.holdfast.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Frees a lock by its token. */
@Command(
    name = "unlock",
    description = {
      "Frees a lock that is held under exactly this fencing token.",
      "",
      "A lock belongs to the session that acquired it, and 'holdfast lock' gives it back by itself. This command is for "
          + "a lock that was left behind: it compares the token and releases in one step, so it never hits a later "
          + "holder; the present holder is told that its lock is gone, and the cluster records your user name. It is "
          + "force-release under your own name, without a reason."
    },
    footer = {"", "Example: holdfast unlock orders/42 --token 57"})
final class UnlockCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();

  @Option(
      names = "--token",
      paramLabel = "N",
      required = true,
      description = "The fencing token of the grant; 'holdfast who NAME' shows it.")
  private long token;

  UnlockCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    new ForcedRelease(invocation, name.value(), ForcedRelease.requireToken(token))
        .run(System.getProperty("user.name", "unknown"), "unlock", false);
  }
}
