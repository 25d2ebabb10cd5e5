package dev.holdfast.server.door.w0;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.WireName;
import dev.holdfast.server.door.json.JsonRequest;
import dev.holdfast.server.door.json.JsonRequest.BadRequestException;
import dev.holdfast.server.door.json.JsonStream;
import dev.holdfast.server.door.json.JsonStream.Piece;
import dev.holdfast.server.door.plain.LockOwner;
import dev.holdfast.server.door.plain.PlainLocks.Unlocked;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.Link;
import dev.holdfast.server.door.tcp.RequestLine;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One connection: JSON objects in, answers out in the same order. Nothing that arrives on it ends
 * it; what is no request gets an answer that says so.
 */
final class W0Connection implements Connection {
  /** Most clients that one connection may speak for. */
  static final int CLIENTS_MAX = 1_024;

  private static final String NO_ANSWER = "The outcome is not known: no leader; try again";

  private final W0Wire wire;
  private final Link link;
  private final JsonStream stream;
  private final RequestLine<Piece> requests;
  private final Map<String, DoorClient> spokenFor = new LinkedHashMap<>();
  private Runnable cancelWait = () -> {};

  W0Connection(W0Wire wire, Link link) {
    this.wire = wire;
    this.link = link;
    requests = new RequestLine<>(link, this::handle, this::leave);
    stream =
        new JsonStream(Math.toIntExact(wire.settings.requestBytesMax().bytes()), requests::add);
  }

  @Override
  public void onBytes(byte[] bytes) {
    cancelWait.run();
    stream.add(bytes);
    if (stream.isOpen()) {
      cancelWait = wire.loop.after(wire.settings.pieceWait().toMillis(), stream::cutOff);
    }
  }

  @Override
  public void onInputEnd() {
    cancelWait.run();
    stream.cutOff();
    requests.endInput();
  }

  @Override
  public void onClosed() {
    cancelWait.run();
    requests.close();
  }

  private void leave() {
    spokenFor.values().forEach(wire.sessions::leave);
    spokenFor.clear();
  }

  private void handle(Piece piece, Runnable done) {
    Consumer<String> answer =
        text -> {
          link.send(text.getBytes(StandardCharsets.US_ASCII));
          done.run();
        };
    switch (piece) {
      case Piece.Nonsense nonsense ->
          answer.accept(W0Answers.refused("Malformed request: " + nonsense.problem()));
      case Piece.Text text -> {
        try {
          execute(JsonRequest.parse(text.bytes()), answer);
        } catch (BadRequestException bad) {
          answer.accept(W0Answers.refused(String.valueOf(bad.getMessage())));
        }
      }
    }
  }

  private void execute(JsonRequest request, Consumer<String> answer) throws BadRequestException {
    switch (request.requireText("action")) {
      case "preempt" -> preempt(client(request), lock(request), answer);
      case "release" -> release(client(request), lock(request), answer);
      case "check" -> check(lock(request), answer);
      // Among them "update", which the servers of that system sent to each other: the map is
      // changed by those who hold locks, and by nobody else.
      default -> answer.accept(W0Answers.INVALID_OPERATION);
    }
  }

  private static String lock(JsonRequest request) throws BadRequestException {
    String lock = WireName.toLock(request.requireText("lock_name"));
    if (WireName.isTooLong(lock)) {
      throw new BadRequestException("lock_name is too long");
    }
    return lock;
  }

  private DoorClient client(JsonRequest request) throws BadRequestException {
    String id = request.requireUuid("client_id");
    DoorClient known = spokenFor.get(id);
    if (known != null) {
      return known;
    }
    if (spokenFor.size() >= CLIENTS_MAX) {
      throw new BadRequestException("Too many client ids on one connection");
    }
    DoorClient client =
        new DoorClient(
            "w0/" + id, id, "w0 at " + link.peer(), wire.settings.idleLease().toMillis(), 0);
    spokenFor.put(id, client);
    wire.sessions.join(client);
    return client;
  }

  private void preempt(DoorClient client, String lock, Consumer<String> answer) {
    wire.locks.tryLock(client, lock, outcome -> answerPreempt(outcome, lock, answer));
  }

  private void answerPreempt(Answer outcome, String lock, Consumer<String> answer) {
    if (outcome.hasGranted()) {
      answer.accept(W0Answers.TRUE);
      return;
    }
    RefusalReason reason = outcome.getRefused().getReason();
    switch (reason) {
      case HELD_BY_ANOTHER, WAITED_FOR_BY_ANOTHER, ALREADY_HELD, RESERVED ->
          answerHeld(lock, answer);
      case NO_LEADER -> answer.accept(W0Answers.refused(NO_ANSWER));
      default -> answer.accept(W0Answers.refused(reason.name()));
    }
  }

  /** The plain answer has no more than "false"; who wants the owner too has to ask for it. */
  private void answerHeld(String lock, Consumer<String> answer) {
    if (!wire.settings.ownerInRefusals()) {
      answer.accept(W0Answers.FALSE);
      return;
    }
    wire.locks.owners(
        false,
        lock,
        found ->
            answer.accept(W0Answers.heldBy(found.first().map(LockOwner::clientId).orElse(null))));
  }

  private void release(DoorClient client, String lock, Consumer<String> answer) {
    wire.locks.unlock(client, lock, outcome -> answer.accept(answerTo(outcome)));
  }

  private static String answerTo(Unlocked outcome) {
    return switch (outcome) {
      case RELEASED -> W0Answers.TRUE;
      case NOT_OWNER, FREE -> W0Answers.INVALID_OPERATION;
      case UNKNOWN -> W0Answers.refused(NO_ANSWER);
    };
  }

  private void check(String lock, Consumer<String> answer) {
    wire.locks.owners(
        wire.settings.check() == W0Settings.Check.LEADER,
        lock,
        found ->
            answer.accept(
                found.problem() == null
                    ? W0Answers.owner(found.first().map(LockOwner::clientId).orElse(null))
                    : W0Answers.refused("No answer now: " + found.problem())));
  }
}
