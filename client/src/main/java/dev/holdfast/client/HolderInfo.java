package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is in the way of a request.
 *
 * @param sessionId their session
 * @param owner who it is in that session
 * @param token the token that they hold; null if they only wait
 * @param mode how they hold it or want to
 * @param label what their session says about itself: host, process, user, program
 */
public record HolderInfo(
    SessionId sessionId, String owner, @Nullable FencingToken token, Mode mode, String label) {
  @Override
  public String toString() {
    return owner
        + " of session "
        + sessionId
        + " ("
        + label
        + ")"
        + (token == null ? "" : " in mode " + mode + " with token " + token);
  }
}
