package dev.holdfast.server.door.w3;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.w3.v1.LockArgs;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;
import dev.holdfast.server.door.DoorClient;
import java.util.function.Consumer;

/**
 * One call that waits for the lock. While it waits, the client's session is kept: it cannot renew
 * what it does not have. When the caller is gone, the request leaves the queue; if the grant was
 * faster, it stays with the client until its lease is over, for a client that repeats its request
 * is to be told the same.
 *
 * <p>A request that has left the queue is over in the cluster, under its name. A client that
 * repeats it wants to wait again, so it goes on under a next name that every node makes alike.
 */
final class Acquisition {
  /** How often one request may leave the queue and come back. */
  private static final int ROUNDS_MAX = 64;

  private final LockManager manager;
  private final LockArgs args;
  private final Consumer<Response> caller;
  private final DoorClient client;
  private int round;
  private boolean gone;
  private boolean answered;
  private Runnable leaveQueue = () -> {};
  private Runnable cancelRenewal = () -> {};
  private boolean waits;

  Acquisition(LockManager manager, LockArgs args, Consumer<Response> caller) {
    this.manager = manager;
    this.args = args;
    this.caller = caller;
    client = manager.client(args.getClientId());
  }

  /** Asks, and returns how to leave. */
  Runnable begin() {
    manager.waiting.add(this);
    ask();
    return this::leave;
  }

  private void leave() {
    if (answered) {
      return;
    }
    gone = true;
    manager.waiting.remove(this);
    cancelRenewal.run();
    leaveQueue.run();
  }

  private void ask() {
    String kind = round == 0 ? "" : "round " + round + " of ";
    int asked = round;
    Runnable leave =
        manager.clients.request(
            client,
            manager.operationId(kind, args.getClientId(), args.getRequestId()),
            Request.newBuilder()
                .setAcquire(
                    Acquire.newBuilder()
                        .setOwner(LockManager.OWNER)
                        .setWaitMillis(-1)
                        .addDemands(
                            Demand.newBuilder()
                                .setLock(manager.settings.lock())
                                .setMode(LockMode.LOCK_MODE_X)))
                .build(),
            this::onAnswer);
    // The answer may have come already, and with it the next round.
    if (asked == round) {
      leaveQueue = leave;
    }
  }

  private void onAnswer(Answer answer) {
    if (gone || answered) {
      return;
    }
    if (answer.hasQueued()) {
      if (!waits) {
        waits = true;
        renewLater();
      }
    } else if (answer.hasGranted()) {
      granted(answer.getGranted().getToken());
    } else {
      refused(answer);
    }
  }

  /** Who has waited has the whole of its lease before it all the same. */
  private void granted(long token) {
    if (waits) {
      cancelRenewal.run();
      manager.clients.renew(client, _ -> end(Responses.granted(token)));
    } else {
      end(Responses.granted(token));
    }
  }

  private void refused(Answer answer) {
    switch (answer.getRefused().getReason()) {
      case CANCELLED, WAIT_TIMED_OUT, SESSION_EXPIRED -> askAgain(answer);
      case ALREADY_HELD -> end(Responses.alreadyHeld(answer.getRefused().getHolder().getToken()));
      case ALREADY_WAITING ->
          end(Responses.error(Status.ERROR, "another request of this client waits already"));
      default -> end(Responses.refused(answer));
    }
  }

  private void askAgain(Answer answer) {
    round++;
    if (round > ROUNDS_MAX) {
      end(Responses.refused(answer));
    } else {
      ask();
    }
  }

  /** The node is stopping; the request stays in the queue. */
  void sendAway() {
    end(Responses.STOPPING);
  }

  private void end(Response response) {
    manager.waiting.remove(this);
    cancelRenewal.run();
    if (!answered && !gone) {
      answered = true;
      caller.accept(response);
    }
  }

  /** Without waiting for the answer: a leader that is slow must not cost the renewal after it. */
  private void renewLater() {
    cancelRenewal =
        manager.loop.after(
            Math.max(1, client.ttlMillis() / 3),
            () -> {
              manager.clients.renew(client, _ -> {});
              renewLater();
            });
  }
}
