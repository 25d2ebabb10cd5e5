package dev.holdfast.cli.command;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.OwnershipChanged;
import dev.holdfast.protocol.v1.OwnershipEnded;
import dev.holdfast.protocol.v1.OwnershipRecord;
import dev.holdfast.protocol.v1.OwnershipTaken;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A record of an ownership history as a line of JSON, always the same for the same record. */
final class HistoryLines {
  private static final JsonFactory JSON = new JsonFactory();

  private HistoryLines() {}

  static String of(long number, OwnershipRecord record, String base64, String hash) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeNumberProperty("number", number);
      json.writeNumberProperty("revision", record.getRevision());
      json.writeNumberProperty("clock_ms", record.getClockMillis());
      json.writeNumberProperty("wall_ms", record.getWallMillis());
      json.writeStringProperty("what", record.getPartCase().name().toLowerCase(Locale.ROOT));
      switch (record.getPartCase()) {
        case TAKEN -> taken(json, record.getRevision(), record.getTaken());
        case CHANGED -> changed(json, record.getChanged());
        case ENDED -> ended(json, record.getEnded());
        case GAP -> {
          json.writeNumberProperty("from_revision", record.getGap().getFromRevision());
          json.writeNumberProperty("to_revision", record.getGap().getToRevision());
          json.writeStringProperty("why", record.getGap().getWhy().name().toLowerCase(Locale.ROOT));
        }
        case REACHED, PART_NOT_SET -> {}
      }
      json.writeStringProperty("record", base64);
      json.writeStringProperty("hash", hash);
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void who(
      JsonGenerator json, long token, long session, String owner, String label) {
    json.writeNumberProperty("token", token);
    json.writeNumberProperty("session", session);
    json.writeStringProperty("owner", owner);
    json.writeStringProperty("label", label);
  }

  private static void taken(JsonGenerator json, long token, OwnershipTaken taken) {
    who(json, token, taken.getSessionId(), taken.getOwner(), taken.getLabel());
    demands(json, taken.getDemandsList());
    json.writeNumberProperty("expires_at_ms", taken.getExpiresAtMillis());
    json.writeNumberProperty("waited_ms", taken.getWaitedMillis());
    json.writeStringProperty("cause", taken.getCause().toLowerCase(Locale.ROOT));
    json.writeNumberProperty("replaced_token", taken.getReplacedToken());
  }

  private static void changed(JsonGenerator json, OwnershipChanged changed) {
    who(json, changed.getToken(), changed.getSessionId(), changed.getOwner(), changed.getLabel());
    demands(json, changed.getDemandsList());
  }

  private static void ended(JsonGenerator json, OwnershipEnded ended) {
    who(json, ended.getToken(), ended.getSessionId(), ended.getOwner(), ended.getLabel());
    demands(json, ended.getDemandsList());
    json.writeStringProperty("end", ended.getEnd().toLowerCase(Locale.ROOT));
    json.writeStringProperty("operator", ended.getOperator());
    json.writeStringProperty("reason", ended.getReason());
    json.writeNumberProperty("reserved_until_ms", ended.getReservedUntilMillis());
  }

  private static void demands(JsonGenerator json, List<Demand> demands) {
    json.writeArrayPropertyStart("demands");
    for (Demand demand : demands) {
      json.writeStartObject();
      json.writeStringProperty("lock", demand.getLock());
      if (demand.getPermits() > 0) {
        json.writeNumberProperty("permits", demand.getPermits());
        json.writeNumberProperty("limit", demand.getLimit());
      } else {
        json.writeStringProperty("mode", demand.getMode().name().replace("LOCK_MODE_", ""));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
