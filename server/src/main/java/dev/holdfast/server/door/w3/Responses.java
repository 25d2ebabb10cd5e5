package dev.holdfast.server.door.w3;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;

/** The cluster's answers in the words of this wire. */
final class Responses {
  static final Response OK = Response.getDefaultInstance();
  static final Response NOT_HELD =
      error(Status.LOCK_NOT_HELD, "this client does not hold the lock");
  static final Response INVALID_TOKEN =
      error(Status.INVALID_TOKEN, "the token is not, or no longer, that of the lock");

  /** Who waits keeps its place; it goes on waiting when it asks again. */
  static final Response STOPPING =
      error(Status.SECONDARY_MODE, "NODE_STOPPING: this node is stopping; go on at another node");

  private Responses() {}

  static Response error(Status status, String message) {
    return Response.newBuilder().setStatus(status).setErrorMessage(message).build();
  }

  static Response granted(long token) {
    return Response.newBuilder().setToken(Long.toString(token)).build();
  }

  /** The client has the lock already; so that it can go on, it is told its token. */
  static Response alreadyHeld(long token) {
    return Response.newBuilder()
        .setStatus(Status.LOCK_HELD)
        .setToken(Long.toString(token))
        .setErrorMessage("this client holds the lock already")
        .build();
  }

  /** Nothing can be said here and now; another node may do better. */
  static Response noAnswer(String reason) {
    return error(Status.SECONDARY_MODE, reason + ": this node has no leader; try another one");
  }

  /** A refusal that has no word of its own on this wire. */
  static Response refused(Answer answer) {
    Refused refused = answer.getRefused();
    return switch (refused.getReason()) {
      case NO_LEADER, NODE_STOPPING -> noAnswer(refused.getReason().name());
      default ->
          error(
              Status.ERROR,
              refused.getDetail().isEmpty()
                  ? refused.getReason().name()
                  : refused.getReason() + ": " + refused.getDetail());
    };
  }
}
