package dev.holdfast.history.file;

import dev.holdfast.history.ClientLine;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.NodeLine;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Makes lines from JSON. For one thread. */
final class LineDecoder {
  private static final JsonFactory JSON = new JsonFactory();

  private final Fields fields = new Fields(new Interner());

  /**
   * Reads one line.
   *
   * @throws Fields.BadFieldException if it is JSON and no line of a history
   * @throws tools.jackson.core.JacksonException if it is no JSON
   */
  HistoryLine decode(byte[] bytes, int from, int length) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, from, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new Fields.BadFieldException("a line must be an object");
      }
      fields.read(json);
      if (json.nextToken() != null) {
        throw new Fields.BadFieldException("there is more than one object on the line");
      }
    }
    HistoryLine line = decode(fields.text("line"));
    fields.requireAllTaken();
    return line;
  }

  private HistoryLine decode(String kind) {
    return switch (kind) {
      case "header" ->
          new HistoryLine.Header(
              format(),
              fields.text("recorder"),
              fields.text("clock"),
              fields.number("startedAtNanos"),
              fields.number("startedAtWallMillis"));
      case "dropped" -> new HistoryLine.Dropped(fields.number("lines"));
      case "end" -> new HistoryLine.End(fields.number("lines"), fields.number("dropped"));
      case "session-opened", "session-renewed", "session-changed", "operation", "read", "holding" ->
          client(kind);
      case "leader" ->
          new NodeLine.LeaderChanged(
              fields.text("node"),
              fields.number("atNanos"),
              fields.optionalText("leader"),
              fields.number("term"));
      default ->
          node(
              kind,
              fields.text("node"),
              fields.number("revision"),
              fields.number("clockMillis"),
              fields.number("atNanos"));
    };
  }

  private int format() {
    long format = fields.number("format");
    if (format < 1 || format > HistoryLine.Header.FORMAT) {
      throw new Fields.BadFieldException(
          "the format is "
              + format
              + " and this program reads formats up to "
              + HistoryLine.Header.FORMAT
              + "; use the version of holdfast that recorded it");
    }
    return (int) format;
  }

  private ClientLine client(String kind) {
    return switch (kind) {
      case "session-opened" ->
          new ClientLine.SessionOpened(
              fields.number("session"),
              fields.text("client"),
              fields.number("ttlMillis"),
              fields.text("node"),
              fields.number("invokedNanos"),
              fields.number("answeredNanos"));
      case "session-renewed" ->
          new ClientLine.SessionRenewed(
              fields.number("session"),
              fields.number("sentNanos"),
              fields.number("answeredNanos"),
              fields.number("clockMillis"));
      case "session-changed" ->
          new ClientLine.SessionChanged(
              fields.number("session"),
              fields.constant("state", ClientLine.SessionState.class),
              fields.optionalText("why"),
              fields.number("atNanos"));
      case "operation" -> operation();
      case "read" ->
          new ClientLine.LockRead(
              fields.text("client"),
              fields.optionalNumber("session"),
              fields.text("lock"),
              fields.constant("consistency", ClientLine.Consistency.class),
              fields.number("revision"),
              fields.numbers("holders"),
              fields.text("node"),
              fields.number("invokedNanos"),
              fields.number("answeredNanos"));
      default ->
          new ClientLine.Holding(
              fields.number("session"),
              fields.text("owner"),
              fields.number("token"),
              fields.demands("demands"),
              fields.number("fromNanos"),
              fields.number("untilNanos"),
              fields.constant("end", ClientLine.HoldingEnd.class));
    };
  }

  private ClientLine.Operation operation() {
    return new ClientLine.Operation(
        fields.number("session"),
        fields.number("sequence"),
        fields.constant("action", ClientLine.Action.class),
        fields.optionalText("owner"),
        fields.demands("demands"),
        fields.optionalNumber("token"),
        fields.optionalNumber("waitMillis"),
        fields.optionalNumber("leaseMillis"),
        fields.optionalNumber("ticket"),
        fields.optionalText("node"),
        fields.number("invokedNanos"),
        fields.number("answeredNanos"),
        fields.answer("answer"));
  }

  private NodeLine node(String kind, String node, long revision, long clockMillis, long atNanos) {
    return switch (kind) {
      case "began" -> new NodeLine.Began(node, revision, clockMillis, atNanos);
      case "reached" -> new NodeLine.Reached(node, revision, clockMillis, atNanos);
      case "session-began" ->
          new NodeLine.SessionBegan(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("session"),
              fields.optionalText("client"),
              fields.optionalNumber("ttlMillis"));
      case "session-ended" ->
          new NodeLine.SessionEnded(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("session"),
              fields.constant("end", NodeLine.SessionEnd.class));
      case "queued" ->
          new NodeLine.RequestQueued(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("session"),
              fields.number("sequence"),
              fields.text("owner"),
              fields.demands("demands"),
              fields.optionalNumber("converts"));
      case "left" ->
          new NodeLine.RequestLeft(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("ticket"),
              fields.number("session"),
              fields.number("sequence"),
              fields.constant("exit", NodeLine.QueueExit.class));
      case "granted" -> granted(node, revision, clockMillis, atNanos);
      case "released" ->
          new NodeLine.LockReleased(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("token"),
              fields.number("session"),
              fields.optionalNumber("sequence"),
              fields.optionalNumber("by"),
              fields.constant("end", NodeLine.GrantEnd.class),
              fields.optionalNumber("reservedUntilMillis"));
      case "answered" ->
          new NodeLine.RequestAnswered(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("session"),
              fields.number("sequence"),
              fields.answer("answer"));
      default -> rare(kind, node, revision, clockMillis, atNanos);
    };
  }

  private NodeLine rare(String kind, String node, long revision, long clockMillis, long atNanos) {
    return switch (kind) {
      case "converted" ->
          new NodeLine.LockConverted(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("token"),
              fields.number("session"),
              fields.optionalNumber("sequence"),
              fields.demands("demands"));
      case "passed" ->
          new NodeLine.RequestPassed(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("ticket"),
              fields.number("passed"),
              fields.text("lock"));
      case "deadlock" ->
          new NodeLine.DeadlockFound(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("victim"),
              fields.number("length"),
              fields.members("members"));
      case "reservation-ended" ->
          new NodeLine.ReservationEnded(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("token"),
              fields.optionalText("operator"));
      case "value" ->
          new NodeLine.ValueChanged(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.text("lock"),
              fields.number("token"),
              fields.constant("change", NodeLine.ValueChange.class));
      case "revocation-requested" ->
          new NodeLine.RevocationRequested(
              node,
              revision,
              clockMillis,
              atNanos,
              fields.number("token"),
              fields.number("session"),
              fields.optionalNumber("by"));
      default -> throw new Fields.BadFieldException("there is no line '" + kind + "'");
    };
  }

  private NodeLine granted(String node, long revision, long clockMillis, long atNanos) {
    return new NodeLine.LockGranted(
        node,
        revision,
        clockMillis,
        atNanos,
        fields.number("ticket"),
        fields.number("session"),
        fields.optionalNumber("sequence"),
        fields.text("owner"),
        fields.demands("demands"),
        fields.optionalNumber("expiresAtMillis"),
        fields.constant("how", NodeLine.GrantKind.class),
        fields.optionalNumber("replaces"));
  }
}
