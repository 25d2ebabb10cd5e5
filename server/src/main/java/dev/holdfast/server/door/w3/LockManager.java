package dev.holdfast.server.door.w3;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.w3.v1.FileArgs;
import dev.holdfast.protocol.w3.v1.LockArgs;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.plain.LockOwner;
import dev.holdfast.server.door.plain.PlainLocks;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What this wire can ask for. A client is its number: whoever says that number is that client, at
 * whatever node. Its session is the lease. Lives on the door's thread.
 */
final class LockManager {
  static final String OWNER = "w3";

  final W3Settings settings;
  final DoorClients clients;
  final DoorLoop loop;
  private final Supplier<ByteString> randomIds;
  private final PlainLocks locks;

  /** Calls that have no answer yet. */
  final Set<Acquisition> waiting = new LinkedHashSet<>();

  private boolean stopping;

  LockManager(
      W3Settings settings, DoorClients clients, DoorLoop loop, Supplier<ByteString> randomIds) {
    this.settings = settings;
    this.clients = clients;
    this.loop = loop;
    this.randomIds = randomIds;
    locks = new PlainLocks(clients, randomIds, OWNER);
  }

  DoorClient client(int id) {
    String key = "w3/" + id;
    return new DoorClient(
        key,
        UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString(),
        "w3 client " + id,
        settings.lease().toMillis(),
        0);
  }

  /**
   * The name of something that a client asks for, the same at every node; random if the client does
   * not name it.
   *
   * @param kind sets apart what one client calls by the same name
   */
  ByteString operationId(String kind, int clientId, String requestId) {
    return requestId.isEmpty()
        ? randomIds.get()
        : OperationIds.of(kind + clientId + "/" + requestId);
  }

  /**
   * Waits for the lock.
   *
   * @return leaves the queue; to be run when nobody waits for the answer any more
   */
  Runnable acquire(LockArgs args, Consumer<Response> caller) {
    if (stopping) {
      caller.accept(Responses.STOPPING);
      return () -> {};
    }
    return new Acquisition(this, args, caller).begin();
  }

  /**
   * Sends away who waits, and who comes. Whoever waits keeps its place for as long as its lease
   * lasts, as when the node dies: it is not the client that has given up.
   */
  void stop() {
    stopping = true;
    List.copyOf(waiting).forEach(Acquisition::sendAway);
  }

  /** Gives the lock back. */
  void release(LockArgs args, Consumer<Response> caller) {
    long token = tokenOf(args.getToken());
    if (token < 1) {
      explain(args.getClientId(), caller);
      return;
    }
    Runnable _ =
        clients.request(
            client(args.getClientId()),
            operationId("release/", args.getClientId(), args.getRequestId()),
            Request.newBuilder().setRelease(Release.newBuilder().setToken(token)).build(),
            answer -> answerRelease(args.getClientId(), answer, caller));
  }

  private void answerRelease(int clientId, Answer answer, Consumer<Response> caller) {
    if (answer.hasReleased()) {
      caller.accept(Responses.OK);
      return;
    }
    switch (answer.getRefused().getReason()) {
      case STALE_TOKEN, NOT_HOLDER -> explain(clientId, caller);
      default -> caller.accept(Responses.refused(answer));
    }
  }

  /**
   * A token was wrong: of one who holds the lock by another one, or of one who does not hold it.
   */
  private void explain(int clientId, Consumer<Response> caller) {
    withHeld(
        clientId,
        caller,
        (owner, asker) ->
            asker.accept(owner.isPresent() ? Responses.INVALID_TOKEN : Responses.NOT_HELD));
  }

  /** Begins the lease anew, if the token is that of the lock. */
  void renew(LockArgs args, Consumer<Response> caller) {
    withToken(
        args.getClientId(),
        args.getToken(),
        caller,
        () ->
            clients.renew(
                client(args.getClientId()),
                alive -> {
                  if (alive) {
                    caller.accept(Responses.OK);
                  } else {
                    explainRenewal(args, caller);
                  }
                }));
  }

  /** There is no lease, or nothing is known. */
  private void explainRenewal(LockArgs args, Consumer<Response> caller) {
    withToken(
        args.getClientId(),
        args.getToken(),
        caller,
        () -> caller.accept(Responses.error(Status.ERROR, "not renewed yet; try again")));
  }

  /**
   * Adds to a file, once under its request id; cut off again if the lease runs out before the
   * release, so that nobody finds half of what a lost client was about to write.
   */
  void append(FileArgs args, Consumer<Response> caller) {
    long token = tokenOf(args.getToken());
    if (token < 1) {
      caller.accept(Responses.INVALID_TOKEN);
      return;
    }
    Runnable _ =
        clients.request(
            client(args.getClientId()),
            operationId("append/", args.getClientId(), args.getRequestId()),
            Request.newBuilder()
                .setAppendFile(
                    AppendFile.newBuilder()
                        .setToken(token)
                        .setFile(args.getFilename())
                        .setData(args.getContent())
                        .setRollBack(true))
                .build(),
            answer -> caller.accept(answerToAppend(answer)));
  }

  private static Response answerToAppend(Answer answer) {
    if (answer.hasAppended()) {
      return Responses.OK;
    }
    RefusalReason reason = answer.getRefused().getReason();
    return switch (reason) {
      case STALE_TOKEN, NOT_HOLDER, MODE_TOO_WEAK -> Responses.INVALID_TOKEN;
      case INVALID_FILE_NAME, FILE_QUOTA_EXCEEDED, APPEND_TOO_LARGE ->
          Responses.error(Status.FILESYSTEM_ERROR, reason.name());
      default -> Responses.refused(answer);
    };
  }

  private void withToken(int clientId, String text, Consumer<Response> caller, Runnable action) {
    long token = tokenOf(text);
    withHeld(
        clientId,
        caller,
        (owner, asker) -> {
          if (owner.isPresent() && owner.get().token() == token) {
            action.run();
          } else {
            asker.accept(Responses.INVALID_TOKEN);
          }
        });
  }

  private void withHeld(
      int clientId,
      Consumer<Response> caller,
      BiConsumer<Optional<LockOwner>, Consumer<Response>> action) {
    String id = client(clientId).clientId();
    locks.owners(
        true,
        settings.lock(),
        found -> {
          String problem = found.problem();
          if (problem != null) {
            caller.accept(Responses.noAnswer(problem));
          } else {
            action.accept(
                found.owners().stream().filter(each -> each.clientId().equals(id)).findFirst(),
                caller);
          }
        });
  }

  /** A fencing token; 0 for what is none. */
  private static long tokenOf(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException noToken) {
      return 0;
    }
  }
}
