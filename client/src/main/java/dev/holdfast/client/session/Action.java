package dev.holdfast.client.session;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call asks of the cluster. */
public sealed interface Action {
  /**
   * To hold locks.
   *
   * @param owner who in the session asks
   * @param demands the locks and modes, or permits
   * @param patience whether to wait; {@link Patience#LIMITED} waits until the call's deadline
   * @param leaseMillis 0: kept alive with the session
   * @param terms what else is wanted
   */
  record AcquireLocks(
      String owner, List<Demand> demands, Patience patience, long leaseMillis, Terms terms)
      implements Action {
    /** With nothing else wanted. */
    public AcquireLocks(String owner, List<Demand> demands, Patience patience, long leaseMillis) {
      this(owner, demands, patience, leaseMillis, Terms.PLAIN);
    }
  }

  /**
   * What may be said of a request besides what it wants and for how long.
   *
   * @param atLeastMillis the locks stay reserved until so long after the grant
   * @param lockDelayMillis the locks stay reserved for so long after an unclean end
   * @param gated what the locks protect checks tokens itself, so that no lock delay is needed
   * @param priority of a cycle of waiting requests the one with the lowest is refused
   */
  record Terms(long atLeastMillis, long lockDelayMillis, boolean gated, int priority) {
    /** Nothing of it. */
    public static final Terms PLAIN = new Terms(0, 0, false, 0);
  }

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

  /**
   * To hold locks of a grant in other modes, or other permits.
   *
   * @param owner the grant's
   * @param demands the grant's, as they are
   * @param changes those that are to take the place of the grant's for the same locks
   * @param token the grant's
   * @param patience as for {@link AcquireLocks}
   * @param priority as in {@link Terms}
   */
  record ConvertGrant(
      String owner,
      List<Demand> demands,
      List<Demand> changes,
      long token,
      Patience patience,
      int priority)
      implements Action {}

  /**
   * To give a grant to another owner.
   *
   * @param owner the grant's
   * @param token the grant's
   * @param toSessionId whose session
   * @param toOwner who in that session
   */
  record HandOverGrant(String owner, long token, long toSessionId, String toOwner)
      implements Action {}

  /**
   * To keep a value with a lock, or to remove it.
   *
   * @param owner of a grant that holds the lock
   * @param token the grant's
   * @param lock its name
   * @param value null to remove it
   */
  record SetLockValue(String owner, long token, String lock, @Nullable ByteString value)
      implements Action {}

  /**
   * To append to a file, or to remove it.
   *
   * @param owner of the grant; empty if only its token is known
   * @param token the grant's, which has the file's lock
   * @param file its name
   * @param data null to remove the file
   * @param rollBack whether to cut it off again if the grant ends uncleanly
   */
  record WriteFile(
      String owner, long token, String file, @Nullable ByteString data, boolean rollBack)
      implements Action {}

  /**
   * To ask a holder to let go of a lock for which this session waits.
   *
   * @param token the holder's
   * @param lock what is waited for
   * @param detail for the holder to read
   */
  record AskRevocation(long token, String lock, String detail) implements Action {}

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
