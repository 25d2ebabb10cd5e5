package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockLostException;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.OutcomeUnknownException;
import dev.holdfast.client.OverloadedException;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.client.SessionExpiredException;
import dev.holdfast.client.UnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What went wrong and what to do next, from what the client library throws. */
public final class ErrorReport {
  static final String NO_NODE_NEXT_STEP =
      "is a node running there? start one: holdfast server; or name others: --endpoints HOST:PORT,...";

  private ErrorReport() {}

  /**
   * Makes a failure out of anything thrown; what is not foreseen is a bug and says so.
   *
   * @param thrown by a command
   */
  public static Failure of(Throwable thrown) {
    return switch (thrown) {
      case Failure failure -> failure;
      case HoldfastException known -> of(known);
      case CompletionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause());
      case ExecutionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause());
      default ->
          new Failure(
              ExitCode.BUG,
              "unexpected: " + thrown,
              "this is a bug; run it again with --debug and report what it says",
              thrown);
    };
  }

  private static Failure of(HoldfastException known) {
    return switch (known) {
      case UnavailableException e -> failure(ExitCode.UNAVAILABLE, e, NO_NODE_NEXT_STEP);
      case OverloadedException e ->
          failure(ExitCode.UNAVAILABLE, e, "the cluster has too much to do; try again in a moment");
      case OutcomeUnknownException e ->
          failure(
              ExitCode.UNAVAILABLE,
              e,
              "it may have been done all the same: look first, then repeat it if need be");
      case SessionExpiredException e ->
          failure(
              ExitCode.UNAVAILABLE,
              e,
              "nothing is held; is the cluster reachable? holdfast status");
      case LockLostException e ->
          failure(ExitCode.LOCK_LOST, e, "see who has it now: holdfast who NAME");
      case LockRefusedException e -> failure(exitCode(e.reason()), e, nextStep(e.reason()));
    };
  }

  private static Failure failure(ExitCode exitCode, HoldfastException cause, String nextStep) {
    String message = cause.getMessage();
    return new Failure(
        exitCode, message == null ? cause.getClass().getSimpleName() : message, nextStep, cause);
  }

  /** The exit code for a refusal: may it go otherwise next time, without anything being mended? */
  static ExitCode exitCode(RefusalReason reason) {
    return switch (reason) {
      case HELD_BY_ANOTHER,
          WAITED_FOR_BY_ANOTHER,
          RESERVED,
          WAIT_TIMED_OUT,
          CANCELLED,
          DEADLOCK,
          QUEUE_FULL ->
          ExitCode.NOT_ACQUIRED;
      case NO_LEADER,
          OVERLOADED,
          BEHIND,
          NODE_STOPPING,
          TOO_MANY_REQUESTS,
          TOO_MANY_SESSIONS,
          TOO_MANY_WATCHERS ->
          ExitCode.UNAVAILABLE;
      case INVALID_NAME,
          INVALID_FILE_NAME,
          APPEND_TOO_LARGE,
          INVALID_REQUEST,
          FRAME_TOO_LARGE,
          NOT_FIXED_LEASE ->
          ExitCode.USAGE;
      case ALREADY_HELD,
          ALREADY_WAITING,
          KIND_MISMATCH,
          NOT_HOLDER,
          STALE_TOKEN,
          SESSION_EXPIRED,
          TOO_MANY_LOCKS,
          LIMIT_MISMATCH,
          STALE_REQUEST,
          UNKNOWN_SESSION,
          WRONG_SECRET,
          TOO_MANY_ANSWERS,
          SESSION_CLOSED,
          TOO_MANY_RESERVATIONS,
          TOO_MANY_VALUES,
          FILE_QUOTA_EXCEEDED,
          MODE_TOO_WEAK,
          NOT_WAITING,
          OTHER ->
          ExitCode.REFUSED;
    };
  }

  private static String nextStep(RefusalReason reason) {
    return switch (exitCode(reason)) {
      case NOT_ACQUIRED -> "see who has it: holdfast who NAME; to wait for it: --wait 30s";
      case UNAVAILABLE -> "try again in a moment; how the cluster is: holdfast status";
      case USAGE -> "see: holdfast help";
      default -> "";
    };
  }
}
