package dev.holdfast.client.session;

/** Why something that was granted is held no more, though its holder did not release it. */
public enum LossReason {
  /** The session ended: it was not renewed in time, or an operator ended it. */
  SESSION_LOST,

  /** The session was closed by its own client while the lock was held. */
  SESSION_CLOSED,

  /** An operator took the lock away. */
  FORCE_RELEASED,

  /** The grant had a fixed lease, and that has run out. */
  LEASE_EXPIRED,

  /**
   * The cluster does not know the grant: it ended, and the notice of it did not reach this client.
   */
  NOT_HELD
}
