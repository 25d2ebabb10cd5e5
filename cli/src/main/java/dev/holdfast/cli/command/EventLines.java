package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.LockEvent;
import dev.holdfast.client.LockEvent.Part;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Events as lines for people, and as JSON. */
final class EventLines {
  private static final int VALUE_SHOWN = 60;

  private EventLines() {}

  /** One line: revision, kind, what and who. */
  static String line(LockEvent event) {
    return line(event.revision(), kind(event).replace('_', ' '), about(event));
  }

  static String line(long revision, String kind, String about) {
    return String.format(Locale.ROOT, "%9d  %-20s  %s", revision, kind, about);
  }

  private static String kind(LockEvent event) {
    return switch (event) {
      case LockEvent.Granted _ -> "granted";
      case LockEvent.Released _ -> "released";
      case LockEvent.Queued _ -> "queued";
      case LockEvent.Left _ -> "left";
      case LockEvent.Passed _ -> "passed";
      case LockEvent.Converted _ -> "converted";
      case LockEvent.ReservationEnded _ -> "reservation_ended";
      case LockEvent.ValueChanged _ -> "value_changed";
      case LockEvent.RevocationRequested _ -> "revocation_requested";
      case LockEvent.DeadlockFound _ -> "deadlock_found";
      case LockEvent.Other _ -> "other";
    };
  }

  private static String about(LockEvent event) {
    return switch (event) {
      case LockEvent.Granted it ->
          parts(it.parts())
              + " to "
              + owner(it.sessionId(), it.owner())
              + (it.waitedMillis() > 0 ? ", waited " + Durations.format(it.waitedMillis()) : "")
              + switch (it.cause()) {
                case REQUESTED, OTHER -> "";
                case EXTENDED, CONVERTED, HANDED_OVER ->
                    ", " + word(it.cause()) + " from token " + it.replacedToken();
              };
      case LockEvent.Released it ->
          parts(it.parts())
              + " token "
              + it.token()
              + " of session "
              + it.sessionId()
              + ": "
              + word(it.end())
              + by(it.operator(), it.reason());
      case LockEvent.Queued it ->
          parts(it.parts())
              + " for "
              + owner(it.sessionId(), it.owner())
              + (it.convertsToken() > 0 ? ", converts token " + it.convertsToken() : "");
      case LockEvent.Left it ->
          parts(it.parts())
              + " ticket "
              + it.ticket()
              + " of session "
              + it.sessionId()
              + ": "
              + word(it.exit());
      case LockEvent.Passed it ->
          Text.printable(it.lock()) + " ticket " + it.ticket() + " before " + it.passedTicket();
      case LockEvent.Converted it ->
          parts(it.before()) + " to " + parts(it.parts()) + " token " + it.token();
      case LockEvent.ReservationEnded it ->
          parts(it.parts()) + " token " + it.token() + by(it.operator(), it.reason());
      case LockEvent.ValueChanged it -> Text.printable(it.lock()) + " " + value(it);
      case LockEvent.RevocationRequested it ->
          parts(it.parts())
              + " token "
              + it.token()
              + " of session "
              + it.sessionId()
              + (it.bySessionId() > 0 ? " by session " + it.bySessionId() : "")
              + by(it.operator(), it.detail());
      case LockEvent.DeadlockFound it ->
          it.members().stream()
                  .map(each -> owner(each.sessionId(), each.owner()) + " at " + each.lock())
                  .collect(Collectors.joining(" -> "))
              + "; ticket "
              + it.victimTicket()
              + " is refused";
      case LockEvent.Other _ -> "an event of a later version";
    };
  }

  private static String parts(List<Part> parts) {
    return parts.stream()
        .map(each -> Text.printable(each.toString()))
        .collect(Collectors.joining(" "));
  }

  private static String owner(long sessionId, String owner) {
    return "session " + sessionId + " (" + Text.printable(owner) + ")";
  }

  private static String by(String operator, String reason) {
    return (operator.isEmpty() ? "" : " by " + Text.printable(operator))
        + (reason.isEmpty() ? "" : " (" + Text.printable(reason) + ")");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String value(LockEvent.ValueChanged it) {
    String text = it.text();
    if (text == null) {
      return "removed by token " + it.token();
    }
    String shown = text.length() > VALUE_SHOWN ? text.substring(0, VALUE_SHOWN) + "..." : text;
    return (it.valid() ? "" : "no longer valid: ")
        + "'"
        + Text.printable(shown)
        + "' token "
        + it.token();
  }

  /** One object; fields are those of the event. */
  static void write(Json json, LockEvent event) {
    json.startObject()
        .field("event", kind(event))
        .field("revision", event.revision())
        .field("clock_ms", event.clockMillis());
    switch (event) {
      case LockEvent.Granted it -> {
        json.field("token", it.token());
        owner(json, it.sessionId(), it.owner());
        parts(json, "demands", it.parts());
        json.field("ticket", it.ticket())
            .field("waited_ms", it.waitedMillis())
            .field("expires_at_ms", it.expiresAtMillis() == 0 ? null : it.expiresAtMillis())
            .field("cause", name(it.cause()))
            .field("replaced_token", orNull(it.replacedToken()));
      }
      case LockEvent.Released it -> {
        json.field("token", it.token()).field("session", it.sessionId());
        parts(json, "demands", it.parts());
        json.field("end", name(it.end()));
        by(json, it.operator(), it.reason());
        json.field("reserved_until_ms", orNull(it.reservedUntilMillis()));
      }
      case LockEvent.Queued it -> {
        owner(json, it.sessionId(), it.owner());
        json.field("sequence", it.sequence());
        parts(json, "demands", it.parts());
        json.field("priority", it.priority()).field("converts_token", orNull(it.convertsToken()));
      }
      case LockEvent.Left it -> {
        json.field("ticket", it.ticket())
            .field("session", it.sessionId())
            .field("sequence", it.sequence())
            .field("exit", name(it.exit()));
        parts(json, "demands", it.parts());
      }
      case LockEvent.Passed it ->
          json.field("ticket", it.ticket())
              .field("session", it.sessionId())
              .field("sequence", it.sequence())
              .field("lock", it.lock())
              .field("passed_ticket", it.passedTicket());
      case LockEvent.Converted it -> {
        json.field("token", it.token());
        owner(json, it.sessionId(), it.owner());
        parts(json, "before", it.before());
        parts(json, "demands", it.parts());
      }
      case LockEvent.ReservationEnded it -> {
        json.field("token", it.token());
        parts(json, "demands", it.parts());
        by(json, it.operator(), it.reason());
      }
      case LockEvent.ValueChanged it ->
          json.field("lock", it.lock())
              .field("value", it.text())
              .field("value_base64", base64(it))
              .field("valid", it.valid())
              .field("token", it.token());
      case LockEvent.RevocationRequested it -> {
        json.field("token", it.token())
            .field("session", it.sessionId())
            .field("by_session", orNull(it.bySessionId()));
        by(json, it.operator(), it.detail());
        parts(json, "demands", it.parts());
      }
      case LockEvent.DeadlockFound it -> {
        json.field("victim_ticket", it.victimTicket())
            .field("length", it.length())
            .name("members")
            .startArray();
        for (LockEvent.DeadlockFound.Member member : it.members()) {
          json.startObject();
          owner(json, member.sessionId(), member.owner());
          json.field("label", member.label())
              .field("ticket", member.ticket())
              .field("lock", member.lock())
              .field("held_token", member.heldToken())
              .endObject();
        }
        json.endArray();
      }
      case LockEvent.Other _ -> {}
    }
    json.endObject();
  }

  private static void owner(Json json, long sessionId, String owner) {
    json.field("session", sessionId).field("owner", owner);
  }

  private static void by(Json json, String operator, String reason) {
    json.field("operator", operator.isEmpty() ? null : operator)
        .field("reason", reason.isEmpty() ? null : reason);
  }

  private static void parts(Json json, String field, List<Part> parts) {
    json.name(field).startArray();
    for (Part part : parts) {
      var mode = part.mode();
      json.startObject()
          .field("lock", part.lock())
          .field("mode", mode == null ? null : mode.name())
          .field("permits", mode == null ? part.permits() : null)
          .field("limit", mode == null ? part.limit() : null)
          .endObject();
    }
    json.endArray();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Long orNull(long number) {
    return number == 0 ? null : number;
  }

  private static @Nullable String base64(LockEvent.ValueChanged it) {
    ByteBuffer value = it.value();
    return value == null ? null : Base64.getEncoder().encodeToString(bytes(value));
  }

  private static byte[] bytes(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return bytes;
  }
}
