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
 * @param mode how they hold it or want to; null for permits
 * @param label what their session says about itself: host, process, user, program
 * @param permits how many permits they hold or want; 0 for a mode
 */
public record HolderInfo(
    SessionId sessionId,
    String owner,
    @Nullable FencingToken token,
    @Nullable Mode mode,
    String label,
    int permits) {
  @Override
  public String toString() {
    return owner
        + " of session "
        + sessionId
        + " ("
        + label
        + ")"
        + (token == null ? "" : how() + " with token " + token);
  }

  private String how() {
    return mode == null ? " with permits " + permits : " in mode " + mode;
  }
}
