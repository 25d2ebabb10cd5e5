package dev.holdfast.client.session;

/** The life of a session as its client knows it, in the order in which it is lived. */
public enum SessionState {
  /** Not yet known to the cluster: nothing is held. */
  OPENING,

  /** Renewed in time: what was granted is held. */
  HELD,

  /**
   * In doubt. Either no renewal has been acknowledged for two thirds of the TTL: what was granted
   * is still held, but the end is near unless a node answers. Or the machine seems to have been
   * asleep (wall time ran ahead of the monotonic clock by more than a tenth of the TTL): {@code
   * isHeld()} is false until a node has confirmed the session.
   */
  JEOPARDY,

  /** Over, against our will: nothing is held any more, and nothing of it comes back. */
  LOST,

  /**
   * Over, because the client closed it: everything was released, or will be when the TTL runs out.
   */
  CLOSED;

  /** Whether the session is over for good. */
  public boolean isOver() {
    return this == LOST || this == CLOSED;
  }
}
