package dev.holdfast.client;

import dev.holdfast.protocol.SessionId;

/**
 * Names one request for good: the session that made it and the session's own number for it.
 *
 * @param sessionId the session
 * @param sequence 1 or more
 */
public record RequestId(SessionId sessionId, long sequence) {
  /** Refuses numbers that no request can have. */
  public RequestId {
    if (sequence < 1) {
      throw new IllegalArgumentException("a request's sequence is 1 or more, not " + sequence);
    }
  }

  @Override
  public String toString() {
    return sessionId + "-" + sequence;
  }
}
