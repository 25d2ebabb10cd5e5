package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Answer;
import org.jspecify.annotations.Nullable;

/** Told what becomes of a session, by the thread that drives it; must not block. */
public interface SessionObserver {
  /**
   * The cluster has opened it.
   *
   * @param sessionId its number
   */
  void opened(long sessionId);

  /**
   * It goes on at this node. The first time this is said before the state changes: whoever waits
   * for the session to be open finds its node.
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

  /**
   * A conversion was granted whose caller had not waited for it: what was held goes on being held
   * under a new token.
   *
   * @param before as it was; {@link HeldGrant#latest} leads from it to {@code next}
   * @param next what is held
   */
  default void grantContinued(HeldGrant before, HeldGrant next) {}

  /**
   * Another owner has handed over a grant. Told once for each.
   *
   * @param grant held from now on
   * @param fromSessionId who gave it; 0 if that is not known
   * @param fromToken the token that it had there
   */
  default void grantReceived(HeldGrant grant, long fromSessionId, long fromToken) {}

  /**
   * Somebody asks that a grant be given back. Nothing changes by it. May be lost together with a
   * stream, and is not repeated then.
   *
   * @param grant which
   * @param bySessionId who waits for it; 0 if an operator asks
   * @param operator who asks, if it is an operator; otherwise empty
   * @param detail for a person; may be empty
   */
  default void revocationRequested(
      HeldGrant grant, long bySessionId, String operator, String detail) {}

  /** Nothing more will come: the session is over, and its last stream is dropped. */
  void ended();

  // What only a recording of the session needs.

  /**
   * Said after {@link #opened} and the first {@link #attached}.
   *
   * @param sentNanos when the request to open the session was first sent
   * @param ttlMillis how long the session outlives its last renewal
   */
  default void openedSince(long sentNanos, long ttlMillis) {}

  /**
   * A renewal was acknowledged.
   *
   * @param sentNanos when it was sent
   * @param clockMillis the cluster clock that came with the acknowledgement
   */
  default void renewed(long sentNanos, long clockMillis) {}

  /**
   * The final answer to a number has arrived.
   *
   * @param request what was asked
   * @param answer as it arrived
   */
  default void requestAnswered(SentRequest request, Answer answer) {}

  /**
   * The session is over, and nobody will ever tell what became of a number.
   *
   * @param request what was asked
   */
  default void requestUnanswered(SentRequest request) {}

  /**
   * A grant is not held any more, given back ones included.
   *
   * @param grant which
   * @param untilNanos the last moment at which it was, or an earlier one
   * @param reason how it was lost; null if it was given back
   */
  default void holdingEnded(HeldGrant grant, long untilNanos, @Nullable LossReason reason) {}
}
