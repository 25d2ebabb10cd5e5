package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.AskToLetGoResult;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.Refusal;
import dev.holdfast.client.RefusalReason;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a holder to let go. */
@Command(
    name = "revoke",
    description = {
      "Asks a holder to give a lock back.",
      "",
      "The holder's program is told who asks and why, and decides; nothing changes by the question. What takes the lock "
          + "away is: holdfast force-release."
    },
    footer = {"", "Example: holdfast revoke orders/42 --token 57 --reason 'backup begins'"})
final class RevokeCommand implements Runnable {
  private final Invocation invocation;

  @Mixin private NameArgument name = new NameArgument();

  @Option(
      names = "--token",
      paramLabel = "N",
      required = true,
      description = "The fencing token of the grant; 'holdfast who NAME' shows it.")
  private long token;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for the holder to read; at most 256 characters.")
  private String reason = "";

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "Who asks (default: your user name).")
  private String operator = System.getProperty("user.name", "unknown");

  RevokeCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    ForcedRelease.requireToken(token);
    AskToLetGoResult result;
    try (Cluster cluster = invocation.connect()) {
      result = cluster.askToLetGo(name.value(), token, operator, reason);
    }
    Refusal refusal = result.refusal();
    if (refusal != null) {
      throw refused(refusal);
    }
    List<LockHolder> asked = result.holder() == null ? List.of() : List.of(result.holder());
    invocation.show(
        json -> {
          json.startObject().field("lock", name.value()).field("token", token);
          json.field("asked", result.asked());
          Views.HOLDERS.writeArray(json.name("holders"), asked);
          json.endObject();
        },
        screen -> {
          screen.line(
              "asked the holder of '" + Text.printable(name.value()) + "' (token " + token + ")");
          for (LockHolder holder : asked) {
            screen.line(
                "  held for "
                    + Durations.format(holder.heldMillis())
                    + " by "
                    + Text.printable(Views.sentence(holder)));
          }
          screen.message("whether it lets go is its own decision; to wait for that: holdfast lock");
        });
  }

  private Failure refused(Refusal refusal) {
    String lock = Text.printable(name.value());
    return new Failure(
        ExitCode.REFUSED,
        refusal.reason() == RefusalReason.STALE_TOKEN
            ? "'" + lock + "' is not held under token " + token + "; nobody was asked"
            : "the cluster refused: " + refusal.message(),
        "see who holds it now, under which token: holdfast who '" + lock + "'");
  }
}
