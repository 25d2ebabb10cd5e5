package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.RefusalReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a lock was not acquired, and what to do next. */
public final class NotAcquired {
  private NotAcquired() {}

  static Failure failure(AcquireRequest request, LockRefusedException refused) {
    return failure(request, refused.reason(), refused.holder().orElse(null), refused);
  }

  /**
   * Tells a refusal in words.
   *
   * @param request what was asked for
   * @param reason the rule that stands against it
   * @param holder who is in the way; null if nobody is known to be
   * @param cause what the client library has thrown, if it has
   */
  public static Failure failure(
      AcquireRequest request,
      RefusalReason reason,
      @Nullable HolderInfo holder,
      @Nullable Throwable cause) {
    String name = "'" + Text.printable(request.demands().get(0).lock()) + "'";
    String by =
        holder == null
            ? ""
            : ": held by session "
                + holder.sessionId()
                + " ("
                + Text.printable(holder.label())
                + ")";
    return switch (reason) {
      case HELD_BY_ANOTHER ->
          failure(name + " is not free" + by, "wait for it: --wait 30s", reason, cause);
      case WAITED_FOR_BY_ANOTHER ->
          failure(
              name + " is free, but others wait for it already",
              "wait in turn: --wait 30s",
              reason,
              cause);
      case WAIT_TIMED_OUT ->
          failure(
              name + " was not free within " + waited(request) + by,
              "see who has it: holdfast who " + name + "; or wait longer: --wait",
              reason,
              cause);
      case RESERVED ->
          failure(
              name + " is held by nobody, and reserved for a while",
              "see for how long: holdfast who " + name + "; or wait for it: --wait 30s",
              reason,
              cause);
      case DEADLOCK ->
          failure(
              name + " was refused, for the request waited in a circle: " + messageOf(cause),
              "ask for everything in one request: --and",
              reason,
              cause);
      default ->
          failure(
              name + " was refused: " + reason + by, "see: holdfast check " + name, reason, cause);
    };
  }

  private static String waited(AcquireRequest request) {
    Duration limit = request.waitAtMost();
    return limit == null ? "the time given" : Durations.format(limit.toMillis());
  }

  private static String messageOf(@Nullable Throwable cause) {
    return cause == null ? "" : Text.printable(String.valueOf(cause.getMessage()));
  }

  private static Failure failure(
      String message, String next, RefusalReason reason, @Nullable Throwable cause) {
    return new Failure(ErrorReport.exitCode(reason), message, next, cause);
  }
}
