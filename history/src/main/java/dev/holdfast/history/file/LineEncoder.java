package dev.holdfast.history.file;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine;
import dev.holdfast.history.Demand;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes lines as JSON, one a line; what is 0 or empty and may be left out is. For one thread. */
final class LineEncoder {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .rootValueSeparator("\n")
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private final JsonGenerator json;

  LineEncoder(OutputStream out) {
    json = JSON.createGenerator(ObjectWriteContext.empty(), out);
  }

  /** Hands on what has been written, but for the end of the last line. */
  void flush() {
    json.flush();
  }

  /** Ends the last line. */
  void finish() {
    json.writeRaw('\n');
    json.flush();
  }

  void write(HistoryLine line) {
    json.writeStartObject();
    if (line instanceof HistoryLine.Header header) {
      kind("header");
      json.writeNumberProperty("format", header.format());
      json.writeStringProperty("recorder", header.recorder());
      json.writeStringProperty("clock", header.clock());
      json.writeNumberProperty("startedAtNanos", header.startedAtNanos());
      json.writeNumberProperty("startedAtWallMillis", header.startedAtWallMillis());
    } else if (line instanceof HistoryLine.Dropped dropped) {
      kind("dropped");
      json.writeNumberProperty("lines", dropped.lines());
    } else if (line instanceof HistoryLine.End end) {
      kind("end");
      json.writeNumberProperty("lines", end.lines());
      json.writeNumberProperty("dropped", end.dropped());
    } else if (line instanceof ClientLine client) {
      client(client);
    } else if (line instanceof NodeLine node) {
      node(node);
    }
    json.writeEndObject();
  }

  private void kind(String name) {
    json.writeStringProperty("line", name);
  }

  private void client(ClientLine line) {
    if (line instanceof ClientLine.Operation operation) {
      operation(operation);
    } else if (line instanceof ClientLine.Holding holding) {
      kind("holding");
      json.writeNumberProperty("session", holding.session());
      json.writeStringProperty("owner", holding.owner());
      json.writeNumberProperty("token", holding.token());
      demands(holding.demands());
      json.writeNumberProperty("fromNanos", holding.fromNanos());
      json.writeNumberProperty("untilNanos", holding.untilNanos());
      constant("end", holding.end());
    } else if (line instanceof ClientLine.LockRead read) {
      read(read);
    } else if (line instanceof ClientLine.SessionOpened opened) {
      kind("session-opened");
      json.writeNumberProperty("session", opened.session());
      json.writeStringProperty("client", opened.client());
      json.writeNumberProperty("ttlMillis", opened.ttlMillis());
      json.writeStringProperty("node", opened.node());
      json.writeNumberProperty("invokedNanos", opened.invokedNanos());
      json.writeNumberProperty("answeredNanos", opened.answeredNanos());
    } else if (line instanceof ClientLine.SessionRenewed renewed) {
      kind("session-renewed");
      json.writeNumberProperty("session", renewed.session());
      json.writeNumberProperty("sentNanos", renewed.sentNanos());
      json.writeNumberProperty("answeredNanos", renewed.answeredNanos());
      json.writeNumberProperty("clockMillis", renewed.clockMillis());
    } else if (line instanceof ClientLine.SessionChanged changed) {
      kind("session-changed");
      json.writeNumberProperty("session", changed.session());
      constant("state", changed.state());
      optional("why", changed.why());
      json.writeNumberProperty("atNanos", changed.atNanos());
    }
  }

  private void operation(ClientLine.Operation line) {
    kind("operation");
    json.writeNumberProperty("session", line.session());
    json.writeNumberProperty("sequence", line.sequence());
    constant("action", line.action());
    optional("owner", line.owner());
    demands(line.demands());
    optional("token", line.token());
    optional("waitMillis", line.waitMillis());
    optional("leaseMillis", line.leaseMillis());
    optional("ticket", line.ticket());
    optional("node", line.node());
    json.writeNumberProperty("invokedNanos", line.invokedNanos());
    json.writeNumberProperty("answeredNanos", line.answeredNanos());
    answer(line.answer());
  }

  private void read(ClientLine.LockRead line) {
    kind("read");
    json.writeStringProperty("client", line.client());
    optional("session", line.session());
    json.writeStringProperty("lock", line.lock());
    constant("consistency", line.consistency());
    json.writeNumberProperty("revision", line.revision());
    json.writeArrayPropertyStart("holders");
    line.holders().forEach(json::writeNumber);
    json.writeEndArray();
    json.writeStringProperty("node", line.node());
    json.writeNumberProperty("invokedNanos", line.invokedNanos());
    json.writeNumberProperty("answeredNanos", line.answeredNanos());
  }

  private void node(NodeLine line) {
    if (line instanceof NodeLine.LeaderChanged changed) {
      kind("leader");
      json.writeStringProperty("node", changed.node());
      json.writeNumberProperty("atNanos", changed.atNanos());
      optional("leader", changed.leader());
      json.writeNumberProperty("term", changed.term());
    } else if (line instanceof NodeLine.Applied applied) {
      kind(nameOf(applied));
      json.writeStringProperty("node", applied.node());
      json.writeNumberProperty("revision", applied.revision());
      json.writeNumberProperty("clockMillis", applied.clockMillis());
      json.writeNumberProperty("atNanos", applied.atNanos());
      applied(applied);
    }
  }

  private static String nameOf(NodeLine.Applied line) {
    if (line instanceof NodeLine.LockGranted) {
      return "granted";
    } else if (line instanceof NodeLine.LockReleased) {
      return "released";
    } else if (line instanceof NodeLine.RequestQueued) {
      return "queued";
    } else if (line instanceof NodeLine.RequestLeft) {
      return "left";
    } else if (line instanceof NodeLine.RequestAnswered) {
      return "answered";
    } else if (line instanceof NodeLine.SessionBegan) {
      return "session-began";
    } else if (line instanceof NodeLine.SessionEnded) {
      return "session-ended";
    } else if (line instanceof NodeLine.LockConverted) {
      return "converted";
    } else if (line instanceof NodeLine.RequestPassed) {
      return "passed";
    } else if (line instanceof NodeLine.DeadlockFound) {
      return "deadlock";
    } else if (line instanceof NodeLine.ReservationEnded) {
      return "reservation-ended";
    } else if (line instanceof NodeLine.ValueChanged) {
      return "value";
    } else if (line instanceof NodeLine.RevocationRequested) {
      return "revocation-requested";
    }
    return line instanceof NodeLine.Began ? "began" : "reached";
  }

  private void applied(NodeLine.Applied line) {
    if (line instanceof NodeLine.LockGranted granted) {
      json.writeNumberProperty("ticket", granted.ticket());
      json.writeNumberProperty("session", granted.session());
      optional("sequence", granted.sequence());
      json.writeStringProperty("owner", granted.owner());
      demands(granted.demands());
      optional("expiresAtMillis", granted.expiresAtMillis());
      constant("how", granted.how());
      optional("replaces", granted.replaces());
    } else if (line instanceof NodeLine.LockReleased released) {
      json.writeNumberProperty("token", released.token());
      json.writeNumberProperty("session", released.session());
      optional("sequence", released.sequence());
      optional("by", released.by());
      constant("end", released.end());
      optional("reservedUntilMillis", released.reservedUntilMillis());
    } else if (line instanceof NodeLine.RequestQueued queued) {
      json.writeNumberProperty("session", queued.session());
      json.writeNumberProperty("sequence", queued.sequence());
      json.writeStringProperty("owner", queued.owner());
      demands(queued.demands());
      optional("converts", queued.converts());
    } else if (line instanceof NodeLine.RequestLeft left) {
      json.writeNumberProperty("ticket", left.ticket());
      json.writeNumberProperty("session", left.session());
      json.writeNumberProperty("sequence", left.sequence());
      constant("exit", left.exit());
    } else if (line instanceof NodeLine.RequestAnswered answered) {
      json.writeNumberProperty("session", answered.session());
      json.writeNumberProperty("sequence", answered.sequence());
      answer(answered.answer());
    } else if (line instanceof NodeLine.SessionBegan began) {
      json.writeNumberProperty("session", began.session());
      optional("client", began.client());
      optional("ttlMillis", began.ttlMillis());
    } else if (line instanceof NodeLine.SessionEnded ended) {
      json.writeNumberProperty("session", ended.session());
      constant("end", ended.end());
    } else {
      rare(line);
    }
  }

  private void rare(NodeLine.Applied line) {
    if (line instanceof NodeLine.LockConverted converted) {
      json.writeNumberProperty("token", converted.token());
      json.writeNumberProperty("session", converted.session());
      optional("sequence", converted.sequence());
      demands(converted.demands());
    } else if (line instanceof NodeLine.RequestPassed passed) {
      json.writeNumberProperty("ticket", passed.ticket());
      json.writeNumberProperty("passed", passed.passed());
      json.writeStringProperty("lock", passed.lock());
    } else if (line instanceof NodeLine.DeadlockFound found) {
      json.writeNumberProperty("victim", found.victim());
      json.writeNumberProperty("length", found.length());
      json.writeArrayPropertyStart("members");
      for (NodeLine.Member member : found.members()) {
        json.writeStartArray();
        json.writeNumber(member.ticket());
        json.writeString(member.lock());
        json.writeNumber(member.token());
        json.writeEndArray();
      }
      json.writeEndArray();
    } else if (line instanceof NodeLine.ReservationEnded ended) {
      json.writeNumberProperty("token", ended.token());
      optional("operator", ended.operator());
    } else if (line instanceof NodeLine.ValueChanged changed) {
      json.writeStringProperty("lock", changed.lock());
      json.writeNumberProperty("token", changed.token());
      constant("change", changed.change());
    } else if (line instanceof NodeLine.RevocationRequested requested) {
      json.writeNumberProperty("token", requested.token());
      json.writeNumberProperty("session", requested.session());
      optional("by", requested.by());
    }
  }

  private void answer(Answer answer) {
    json.writeObjectPropertyStart("answer");
    if (answer instanceof Answer.Granted granted) {
      json.writeStringProperty("is", "granted");
      json.writeNumberProperty("token", granted.token());
      optional("expiresAtMillis", granted.expiresAtMillis());
      optional("revision", granted.revision() == granted.token() ? 0 : granted.revision());
    } else if (answer instanceof Answer.HandedOver handedOver) {
      json.writeStringProperty("is", "handed_over");
      json.writeNumberProperty("token", handedOver.token());
    } else if (answer instanceof Answer.Done done) {
      json.writeStringProperty("is", "done");
      json.writeNumberProperty("revision", done.revision());
    } else if (answer instanceof Answer.Released released) {
      json.writeStringProperty("is", "released");
      json.writeNumberProperty("revision", released.revision());
    } else if (answer instanceof Answer.Refused refused) {
      json.writeStringProperty("is", "refused");
      json.writeStringProperty("reason", refused.reason());
      optional("revision", refused.revision());
    } else if (answer instanceof Answer.Queued queued) {
      json.writeStringProperty("is", "queued");
      json.writeNumberProperty("ticket", queued.ticket());
    } else {
      json.writeStringProperty("is", "unknown");
    }
    json.writeEndObject();
  }

  private void demands(List<Demand> demands) {
    if (demands.isEmpty()) {
      return;
    }
    json.writeArrayPropertyStart("demands");
    for (Demand demand : demands) {
      json.writeStartArray();
      json.writeString(demand.lock());
      if (demand.mode() == LockMode.PERMITS) {
        json.writeNumber(demand.permits());
        json.writeNumber(demand.limit());
      } else {
        json.writeString(demand.mode().name());
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void optional(String name, long value) {
    if (value != 0) {
      json.writeNumberProperty(name, value);
    }
  }

  private void optional(String name, String value) {
    if (!value.isEmpty()) {
      json.writeStringProperty(name, value);
    }
  }

  private void constant(String name, Enum<?> value) {
    json.writeStringProperty(name, value.name().toLowerCase(Locale.ROOT));
  }
}
