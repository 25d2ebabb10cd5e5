package dev.holdfast.client;

import dev.holdfast.client.session.SessionState;

/**
 * Told what happens to a session, on the library's callback thread ({@code holdfast-callback-<n>}),
 * in order. A listener that blocks delays the other callbacks of this {@link Holdfast}, but neither
 * renewals nor {@code isHeld()}.
 */
public interface SessionListener {
  /**
   * The session's state has changed. On {@link SessionState#LOST} stop what you do under its locks.
   *
   * @param session the session
   * @param from what it was
   * @param to what it is
   * @param why for a person
   */
  default void stateChanged(Session session, SessionState from, SessionState to, String why) {}

  /**
   * A single grant was lost, while the session goes on.
   *
   * @param session the session
   * @param loss which, and how
   */
  default void grantLost(Session session, GrantLoss loss) {}
}
