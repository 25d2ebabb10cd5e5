package dev.holdfast.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes a lock away. */
@Command(
    name = "force-release",
    description = {
      "Takes a lock away from its holder.",
      "",
      "The token is burned: every resource that is fenced refuses it once the next holder has written. The holder is "
          + "told, and who did it and why goes into the cluster's log."
    },
    footer = {"", "Example: holdfast force-release orders/42 --token 57 --dry-run"})
final class ForceReleaseCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();

  @Option(
      names = "--token",
      paramLabel = "N",
      required = true,
      description =
          "The fencing token of the grant to end, so that nobody else is hit; 'holdfast who NAME' shows it.")
  private long token;

  @Option(names = "--dry-run", description = "Only tell what would happen.")
  private boolean dryRun;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for the holder and for the record.")
  private String reason = "";

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "Who does this (default: your user name).")
  private String operator = System.getProperty("user.name", "unknown");

  ForceReleaseCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    new ForcedRelease(invocation, name.value(), ForcedRelease.requireToken(token))
        .run(operator, reason, dryRun);
  }
}
