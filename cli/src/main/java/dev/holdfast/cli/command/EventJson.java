package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Json;
import dev.holdfast.client.LockEvent;
import dev.holdfast.client.LockEvent.Part;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Events as JSON objects. */
final class EventJson {
  private EventJson() {}

  /** One object; fields are those of the event. */
  static void write(Json json, LockEvent event) {
    json.startObject()
        .field("event", EventLines.kind(event))
        .field("revision", event.revision())
        .field("clock_ms", event.clockMillis());
    switch (event) {
      case LockEvent.Granted it -> fields(json, it);
      case LockEvent.Released it -> fields(json, it);
      case LockEvent.Queued it -> fields(json, it);
      case LockEvent.Left it -> fields(json, it);
      case LockEvent.Passed it -> fields(json, it);
      case LockEvent.Converted it -> fields(json, it);
      case LockEvent.ReservationEnded it -> fields(json, it);
      case LockEvent.ValueChanged it -> fields(json, it);
      case LockEvent.RevocationRequested it -> fields(json, it);
      case LockEvent.DeadlockFound it -> fields(json, it);
      case LockEvent.Other _ -> {}
    }
    json.endObject();
  }

  private static void fields(Json json, LockEvent.Granted it) {
    json.field("token", it.token());
    owner(json, it.sessionId(), it.owner());
    parts(json, "demands", it.parts());
    json.field("ticket", it.ticket())
        .field("waited_ms", it.waitedMillis())
        .field("expires_at_ms", it.expiresAtMillis() == 0 ? null : it.expiresAtMillis())
        .field("cause", name(it.cause()))
        .field("replaced_token", orNull(it.replacedToken()));
  }

  private static void fields(Json json, LockEvent.Released it) {
    json.field("token", it.token()).field("session", it.sessionId());
    parts(json, "demands", it.parts());
    json.field("end", name(it.end()));
    by(json, it.operator(), it.reason());
    json.field("reserved_until_ms", orNull(it.reservedUntilMillis()));
  }

  private static void fields(Json json, LockEvent.Queued it) {
    owner(json, it.sessionId(), it.owner());
    json.field("sequence", it.sequence());
    parts(json, "demands", it.parts());
    json.field("priority", it.priority()).field("converts_token", orNull(it.convertsToken()));
  }

  private static void fields(Json json, LockEvent.Left it) {
    json.field("ticket", it.ticket())
        .field("session", it.sessionId())
        .field("sequence", it.sequence())
        .field("exit", name(it.exit()));
    parts(json, "demands", it.parts());
  }

  private static void fields(Json json, LockEvent.Passed it) {
    json.field("ticket", it.ticket())
        .field("session", it.sessionId())
        .field("sequence", it.sequence())
        .field("lock", it.lock())
        .field("passed_ticket", it.passedTicket());
  }

  private static void fields(Json json, LockEvent.Converted it) {
    json.field("token", it.token());
    owner(json, it.sessionId(), it.owner());
    parts(json, "before", it.before());
    parts(json, "demands", it.parts());
  }

  private static void fields(Json json, LockEvent.ReservationEnded it) {
    json.field("token", it.token());
    parts(json, "demands", it.parts());
    by(json, it.operator(), it.reason());
  }

  private static void fields(Json json, LockEvent.ValueChanged it) {
    json.field("lock", it.lock())
        .field("value", it.text())
        .field("value_base64", base64(it))
        .field("valid", it.valid())
        .field("token", it.token());
  }

  private static void fields(Json json, LockEvent.RevocationRequested it) {
    json.field("token", it.token())
        .field("session", it.sessionId())
        .field("by_session", orNull(it.bySessionId()));
    by(json, it.operator(), it.detail());
    parts(json, "demands", it.parts());
  }

  private static void fields(Json json, LockEvent.DeadlockFound it) {
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
