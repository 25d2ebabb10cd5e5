package dev.holdfast.client;

import dev.holdfast.client.session.SessionState;
import dev.holdfast.protocol.FencingToken;

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

  /**
   * Another owner has handed over a grant. Told once for each, also to those who do not wait for it
   * with {@link Holdfast#receive}, which is how to get it.
   *
   * @param session the receiver's
   * @param owner to whom in that session
   * @param token the grant's
   */
  default void grantReceived(Session session, String owner, FencingToken token) {}

  /**
   * Somebody asks for a grant to be given back; see {@link LockGrant#whenAskedToLetGo}.
   *
   * @param session the holder's
   * @param asked which grant, and who asks
   */
  default void askedToLetGo(Session session, AskedToLetGo asked) {}
}
