package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.DeadlockReport;
import dev.holdfast.client.Mode;
import dev.holdfast.client.WaitInfo;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How waiting is told, in tables, in JSON and in sentences. */
final class WaitWords {
  static final Columns<WaitInfo> WAITS =
      new Columns<WaitInfo>()
          .number("session", "SESSION", wait -> wait.request().sessionId().value())
          .number("sequence", "REQUEST", wait -> wait.request().sequence())
          .text("owner", "OWNER", WaitInfo::owner)
          .duration("waited_ms", "WAITED", WaitInfo::waitedMillis)
          .text("lock", "LOCK", WaitInfo::lock)
          .text("wants", "WANTS", wait -> form(wait.wantedMode(), wait.wantedPermits()))
          .text("in_the_way", "IN THE WAY", wait -> wait.kind().name().toLowerCase(Locale.ROOT))
          .text("by_form", "AS", wait -> form(wait.byMode(), wait.byPermits()))
          .number("by_session", "BY SESSION", WaitInfo::bySessionId)
          .text("by_owner", "OWNER", WaitInfo::byOwner)
          .number("by_token", "TOKEN", wait -> orNone(wait.byToken()))
          .text("by_label", "LABEL", WaitInfo::byLabel)
          .jsonOnly("label", WaitInfo::label)
          .jsonOnly("ticket", WaitInfo::ticket)
          .jsonNumber("by_ticket", wait -> orNone(wait.byTicket()));

  private WaitWords() {}

  /** The mode, or how many permits. */
  static String form(@Nullable Mode mode, int permits) {
    return mode != null ? mode.name() : permits == 1 ? "1 permit" : permits + " permits";
  }

  private static long orNone(long number) {
    return number == 0 ? -1 : number;
  }

  /** An owner, in a sentence. */
  static String who(String owner, long sessionId, String label) {
    return "owner "
        + Text.printable(owner)
        + " of session "
        + sessionId
        + (label.isEmpty() ? "" : " (" + Text.printable(label) + ")");
  }

  static String who(DeadlockReport.Member member) {
    return who(member.owner(), member.request().sessionId().value(), member.label());
  }

  /** Writes who waits and what for into the object that is open. */
  static void writeMember(Json json, DeadlockReport.Member member, DeadlockReport.Member next) {
    json.field("session", member.request().sessionId().value())
        .field("sequence", member.request().sequence())
        .field("owner", member.owner())
        .field("label", member.label())
        .field("ticket", member.ticket())
        .field("priority", member.priority())
        .field("waited_ms", member.waitedMillis())
        .field("lock", member.lock())
        .field("wants", form(member.wantedMode(), member.wantedPermits()))
        .field("held_as", form(member.heldMode(), member.heldPermits()))
        .field("held_by_session", next.request().sessionId().value())
        .field("held_by_owner", next.owner())
        .field("held_by_label", next.label())
        .field("held_token", member.heldToken());
  }
}
