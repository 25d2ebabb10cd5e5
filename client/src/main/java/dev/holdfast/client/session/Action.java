package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/** What a call asks of the cluster. */
public sealed interface Action {
  /**
   * To hold locks.
   *
   * @param owner who in the session asks
   * @param demands the locks and modes
   * @param patience whether to wait; {@link Patience#LIMITED} waits until the call's deadline
   * @param leaseMillis 0: kept alive with the session
   */
  record AcquireLocks(String owner, List<Demand> demands, Patience patience, long leaseMillis)
      implements Action {}

  /**
   * To give a grant back.
   *
   * @param token the grant's
   */
  record ReleaseGrant(long token) implements Action {}

  /**
   * To give a fixed lease a new end.
   *
   * @param owner the grant's
   * @param demands the grant's
   * @param token the grant's
   * @param leaseMillis the new length
   */
  record ExtendGrant(String owner, List<Demand> demands, long token, long leaseMillis)
      implements Action {}

  /** How long to wait for locks. */
  enum Patience {
    /** Not at all. */
    NONE,
    /** Until the call's deadline. */
    LIMITED,
    /** As long as the session lives. */
    ENDLESS
  }
}
