package dev.holdfast.replication.peer;

import java.io.IOException;

/** A request that got no answer; the peer may have handled it. */
public final class PeerException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean timedOut;

  PeerException(String message, boolean timedOut) {
    super(message);
    this.timedOut = timedOut;
  }

  /** Whether the time ran out, as against a connection that failed. */
  public boolean timedOut() {
    return timedOut;
  }
}
