package dev.holdfast.server.door.w1;

import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.WireName;
import dev.holdfast.server.door.json.JsonRequest;
import dev.holdfast.server.door.json.JsonRequest.BadRequestException;
import dev.holdfast.server.door.json.JsonStream;
import dev.holdfast.server.door.json.JsonStream.Piece;
import dev.holdfast.server.door.plain.PlainLocks;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.Link;
import dev.holdfast.server.door.tcp.RequestLine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, and so one request: a JSON object in, {@code true}, {@code false} or {@code null}
 * out, and the end. Whatever is no request of this wire is answered {@code null}.
 */
final class W1Connection implements Connection {
  private static final Logger LOGGER = LoggerFactory.getLogger(W1Connection.class);

  private static final String TRUE = "true";
  private static final String FALSE = "false";
  private static final String NULL = "null";

  private final W1Settings settings;
  private final PlainLocks locks;
  private final DoorLoop loop;
  private final Runnable stopNode;
  private final Link link;
  private final JsonStream stream;
  private final RequestLine<Piece> requests;
  private Runnable cancelWait;
  private boolean asked;

  W1Connection(W1Settings settings, PlainLocks locks, DoorLoop loop, Runnable stopNode, Link link) {
    this.settings = settings;
    this.locks = locks;
    this.loop = loop;
    this.stopNode = stopNode;
    this.link = link;
    requests = new RequestLine<>(link, this::handle, () -> {});
    stream = new JsonStream(Math.toIntExact(settings.requestBytesMax().bytes()), this::onPiece);
    // Who connects and says nothing does not stay for ever either.
    cancelWait = loop.after(settings.pieceWait().toMillis(), this::onInputEnd);
  }

  @Override
  public void onBytes(byte[] bytes) {
    if (asked) {
      return;
    }
    cancelWait.run();
    stream.add(bytes);
    if (!asked) {
      cancelWait = loop.after(settings.pieceWait().toMillis(), this::onInputEnd);
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

  /** The first piece is the request; nothing after it is looked at. */
  private void onPiece(Piece piece) {
    if (!asked) {
      asked = true;
      requests.add(piece);
      requests.endInput();
    }
  }

  private void handle(Piece piece, Runnable done) {
    Consumer<String> answer =
        text -> {
          link.send(text.getBytes(StandardCharsets.US_ASCII));
          done.run();
        };
    switch (piece) {
      case Piece.Nonsense nonsense -> refuse(nonsense.problem(), answer);
      case Piece.Text text -> {
        try {
          execute(JsonRequest.parse(text.bytes()), answer);
        } catch (BadRequestException bad) {
          refuse(String.valueOf(bad.getMessage()), answer);
        }
      }
    }
  }

  /** The wire has no word for the reason; the log has. */
  private void refuse(String reason, Consumer<String> answer) {
    LOGGER.debug("request_refused peer={} {}", link.peer(), reason);
    answer.accept(NULL);
  }

  private void execute(JsonRequest request, Consumer<String> answer) throws BadRequestException {
    switch (request.requireText("type")) {
      case "client" -> operate(request.requireText("op"), request.object("args"), answer);
      case "close" -> close(request.object("args").text("secret"), answer);
      default -> refuse("unknown type", answer);
    }
  }

  private void operate(String operation, JsonRequest args, Consumer<String> answer)
      throws BadRequestException {
    switch (operation) {
      case "try_lock" ->
          locks.tryLock(
              client(args), lock(args), outcome -> answer.accept(word(outcome.hasGranted())));
      case "try_unlock" -> unlock(client(args), lock(args), answer);
      case "own_the_lock" -> owns(client(args), lock(args), answer);
      default -> refuse("unknown op", answer);
    }
  }

  private void unlock(DoorClient client, String lock, Consumer<String> answer) {
    locks.unlock(
        client,
        lock,
        outcome -> {
          switch (outcome) {
            case RELEASED -> answer.accept(TRUE);
            case NOT_OWNER, FREE -> answerRenewed(client, FALSE, answer);
            case UNKNOWN -> answer.accept(FALSE);
          }
        });
  }

  /** The idle lease begins with every request; this one has put nothing into the log. */
  private void answerRenewed(DoorClient client, String word, Consumer<String> answer) {
    locks.renew(client, () -> answer.accept(word));
  }

  private void owns(DoorClient client, String lock, Consumer<String> answer) {
    locks.owners(
        true,
        lock,
        found -> {
          if (found.problem() != null) {
            refuse(found.problem(), answer);
          } else {
            String id = client.clientId();
            boolean isOwner = found.owners().stream().anyMatch(each -> each.clientId().equals(id));
            answerRenewed(client, word(isOwner), answer);
          }
        });
  }

  private static String word(boolean yes) {
    return yes ? TRUE : FALSE;
  }

  private static String lock(JsonRequest args) throws BadRequestException {
    String lock = WireName.toLock(args.requireText("lock_key"));
    if (WireName.isTooLong(lock)) {
      throw new BadRequestException("lock_key is too long");
    }
    return lock;
  }

  private DoorClient client(JsonRequest args) throws BadRequestException {
    String id = args.requireUuid("client_id");
    return new DoorClient(
        "w1/" + id, id, "w1 at " + link.peer(), settings.idleLease().toMillis(), 0);
  }

  private void close(@Nullable String secret, Consumer<String> answer) {
    String expected = settings.closeSecret();
    if (expected == null
        || secret == null
        || !MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8))) {
      LOGGER.warn("close_refused peer={}", link.peer());
      answer.accept(NULL);
      return;
    }
    LOGGER.warn("close_accepted peer={}: the node is stopped", link.peer());
    answer.accept(TRUE);
    stopNode.run();
  }
}
