package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.ForceReleaseResult;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.LockWaiter;
import dev.holdfast.client.Refusal;
import dev.holdfast.client.RefusalReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code unlock} and {@code force-release} have in common. */
final class ForcedRelease {
  private final Invocation invocation;
  private final String lock;
  private final long token;

  ForcedRelease(Invocation invocation, String lock, long token) {
    this.invocation = invocation;
    this.lock = lock;
    this.token = token;
  }

  static long requireToken(long token) {
    if (token < 1) {
      throw new Failure(
          ExitCode.USAGE,
          "--token must be 1 or more, not " + token,
          "see the token of the present holder: holdfast who NAME");
    }
    return token;
  }

  /** Releases, or tells what would happen, and writes it down; a refusal is a failure. */
  void run(String operator, String reason, boolean dryRun) {
    ForceReleaseResult result;
    try (Cluster cluster = invocation.connect()) {
      result = cluster.forceRelease(lock, token, operator, reason, dryRun);
    }
    Refusal refusal = result.refusal();
    if (refusal != null) {
      throw refused(refusal);
    }
    invocation.show(
        json -> {
          json.startObject().field("lock", lock).field("token", token);
          json.field("released", result.released()).field("dry_run", dryRun);
          List<LockHolder> victims = listOf(result.victim());
          Views.HOLDERS.writeArray(json.name("victims"), victims);
          json.name("locks").startArray();
          result.locks().forEach(json::value);
          json.endArray();
          Views.WAITERS.writeArray(json.name("next"), result.next());
          json.endObject();
        },
        screen -> sentences(screen, result, dryRun));
  }

  private void sentences(Screen screen, ForceReleaseResult result, boolean dryRun) {
    String name = "'" + Text.printable(lock) + "'";
    screen.line((dryRun ? "would release " : "released ") + name + " (token " + token + ")");
    LockHolder victim = result.victim();
    if (victim != null) {
      screen.line(
          (dryRun ? "  held for " : "  was held for ")
              + Durations.format(victim.heldMillis())
              + " by "
              + Text.printable(Views.sentence(victim)));
    }
    List<String> others =
        result.locks().stream().filter(other -> !other.equals(lock)).map(Text::printable).toList();
    if (!others.isEmpty()) {
      screen.line("  with it: " + String.join(", ", others));
    }
    for (LockWaiter next : result.next()) {
      screen.line(
          "  next: owner "
              + Text.printable(next.owner())
              + " of session "
              + next.sessionId()
              + " ("
              + Text.printable(next.label())
              + ") for '"
              + Text.printable(next.lock())
              + "'");
    }
    if (dryRun) {
      screen.message("nothing was changed; to do it: the same without --dry-run");
    }
  }

  private Failure refused(Refusal refusal) {
    String name = Text.printable(lock);
    boolean stale =
        refusal.reason() == RefusalReason.STALE_TOKEN
            || refusal.reason() == RefusalReason.NOT_HOLDER;
    return new Failure(
        ExitCode.REFUSED,
        stale
            ? "'"
                + name
                + "' is not held under token "
                + token
                + " ("
                + refusal.reason()
                + "); nothing was released"
            : "the cluster refused: " + refusal.message(),
        "see who holds it now, under which token: holdfast who '" + name + "'");
  }

  private static List<LockHolder> listOf(@Nullable LockHolder holder) {
    return holder == null ? List.of() : List.of(holder);
  }
}
