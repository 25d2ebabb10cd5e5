package dev.holdfast.client.session;

/** Told what becomes of a session, by the thread that drives it; must not block. */
public interface SessionObserver {
  /**
   * The cluster has opened it.
   *
   * @param sessionId its number
   */
  void opened(long sessionId);

  /**
   * It goes on at this node.
   *
   * @param nodeId the node's id
   * @param endpoint host:port
   */
  void attached(String nodeId, String endpoint);

  /**
   * Its state has changed.
   *
   * @param from what it was
   * @param to what it is
   * @param why for a person
   */
  void stateChanged(SessionState from, SessionState to, String why);

  /**
   * A grant was lost, alone or together with the session. Not told of one that was given back
   * before, or whose release was asked for.
   *
   * @param grant which; it says that it is not held already
   * @param reason how
   * @param detail for a person; may be empty
   */
  void grantLost(HeldGrant grant, LossReason reason, String detail);

  /** Nothing more will come: the session is over, and its last stream is dropped. */
  void ended();
}
