package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in the map. Events come in the order of revisions; those of one step
 * share its revision.
 */
public sealed interface Event {

  /** The revision of the step that this event is about. */
  long revision();

  /** A session began. */
  record SessionOpened(long revision, long sessionId, String clientId, String label)
      implements Event {}

  /**
   * A session ended; the grants and waiting requests that went with it have events of their own.
   */
  record SessionEnded(long revision, long sessionId, SessionEnd end) implements Event {}

  /** Why a session ended. */
  enum SessionEnd {
    /** Its client closed it. */
    CLOSED,
    /** No renewal arrived before its deadline. */
    EXPIRED
  }

  /**
   * A request entered the queues of its locks; its ticket is the revision.
   *
   * @param convertsToken the grant for which it wants other modes; 0 if none
   */
  record RequestQueued(
      long revision,
      long sessionId,
      long sequence,
      String owner,
      List<Demand> demands,
      int priority,
      long convertsToken)
      implements Event {}

  /**
   * A waiting request is not held back any more by an earlier one: that one cannot be served before
   * the cycle of waiting ends in which both are.
   */
  record RequestPassed(
      long revision, long ticket, long sessionId, long sequence, String lock, long passedTicket)
      implements Event {}

  /** A deadlock was found, and broken by refusing its victim. */
  record DeadlockFound(long revision, Deadlock deadlock) implements Event {}

  /** A waiting request left the queues without a grant. */
  record RequestLeft(
      long revision,
      long ticket,
      long sessionId,
      long sequence,
      QueueExit exit,
      List<Demand> demands)
      implements Event {}

  /** Why a waiting request left the queue without a grant. */
  enum QueueExit {
    /** Its client cancelled it. */
    CANCELLED,
    /** Its wait was over. */
    TIMED_OUT,
    /** Its session ended. */
    SESSION_ENDED,
    /** It was refused so that a deadlock ends. */
    DEADLOCK_VICTIM,
    /** The grant that it was to convert ended. */
    GRANT_ENDED,
    /** So that it does not wait for itself, more requests than may would have to pass others. */
    QUEUE_FULL
  }

  /**
   * There is a new grant; the revision is its fencing token.
   *
   * @param expiresAtMillis on the cluster clock; 0 when kept alive with the session
   * @param replacedToken the grant in whose place it comes, the end of which has an event before
   *     this one; 0 if none
   */
  record LockGranted(
      long revision,
      long ticket,
      long sessionId,
      String owner,
      List<Demand> demands,
      long waitedMillis,
      long expiresAtMillis,
      GrantCause cause,
      long replacedToken)
      implements Event {}

  /** Why there is a grant. */
  enum GrantCause {
    /** It was asked for. */
    REQUESTED,
    /** In the place of one with another lease. */
    EXTENDED,
    /** In the place of one with other modes. */
    CONVERTED,
    /** In the place of one of another owner, who gave it. */
    HANDED_OVER
  }

  /** A grant has less than before, and kept its token. */
  record LockConverted(
      long revision,
      long token,
      long sessionId,
      String owner,
      List<Demand> before,
      List<Demand> demands)
      implements Event {}

  /**
   * A grant ended. {@code operator} and {@code reason} are empty unless it was force-released.
   *
   * @param reservedUntilMillis its locks are reserved until then, on the cluster clock; 0 if not
   */
  record LockReleased(
      long revision,
      long token,
      long sessionId,
      String owner,
      List<Demand> demands,
      GrantEnd end,
      String operator,
      String reason,
      long reservedUntilMillis)
      implements Event {}

  /** Why a grant ended. */
  enum GrantEnd {
    /** Its holder released it. */
    RELEASED,
    /** Its holder extended it: a grant with a new token took its place without a free moment. */
    EXTENDED,
    /** Its fixed lease ran out. */
    LEASE_EXPIRED,
    /** Its session was closed by the client. */
    SESSION_CLOSED,
    /** Its session expired. */
    SESSION_EXPIRED,
    /** An operator took it away. */
    FORCE_RELEASED,
    /** Its holder converted it: a grant with other modes took its place without a free moment. */
    CONVERTED,
    /** Its holder gave it to another owner, whose grant took its place without a free moment. */
    HANDED_OVER;

    /** Whether the holder may not know of it, and may have been in the midst of something. */
    public boolean isUnclean() {
      return this == LEASE_EXPIRED || this == SESSION_EXPIRED || this == FORCE_RELEASED;
    }

    /** Whether another grant takes the place of the one that ended, without a free moment. */
    public boolean isReplacement() {
      return this == EXTENDED || this == CONVERTED || this == HANDED_OVER;
    }
  }

  /**
   * Locks are not reserved any more. {@code operator} and {@code reason} are empty unless an
   * operator wanted it so.
   *
   * @param token of the grant that has ended before
   */
  record ReservationEnded(
      long revision, long token, List<Demand> demands, String operator, String reason)
      implements Event {}

  /**
   * A lock's value was set, became invalid, or was removed.
   *
   * @param value null when removed
   * @param token the grant that set or removed it, or whose unclean end made it invalid
   */
  record LockValueChanged(
      long revision, String lock, @Nullable ByteString value, boolean valid, long token)
      implements Event {}

  /**
   * Bytes were added to a file, which has so become {@code offset} and so many bytes long.
   *
   * @param token the grant by which they were added
   */
  record FileAppended(long revision, String file, long offset, ByteString data, long token)
      implements Event {}

  /**
   * A file was cut off, because the grant by which the rest had been appended ended uncleanly.
   *
   * @param length what is left, in bytes
   */
  record FileRolledBack(long revision, String file, long length, long token) implements Event {}

  /** A file was removed; one of those that are there from the beginning was emptied. */
  record FileDeleted(long revision, String file, long token) implements Event {}

  /**
   * Somebody asks a holder to let go.
   *
   * @param token the grant
   * @param sessionId whose it is
   * @param bySessionId the session that waits for it; 0 when an operator asks
   * @param operator who asks, if it is an operator; otherwise empty
   * @param demands what the grant holds
   */
  record RevocationRequested(
      long revision,
      long token,
      long sessionId,
      long bySessionId,
      String operator,
      String detail,
      List<Demand> demands)
      implements Event {}
}
