package dev.holdfast.core;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;

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

  /** A request entered the queues of its locks; its ticket is the revision. */
  record RequestQueued(
      long revision, long sessionId, long sequence, String owner, List<Demand> demands)
      implements Event {}

  /** A waiting request left the queues without a grant. */
  record RequestLeft(long revision, long ticket, long sessionId, long sequence, QueueExit exit)
      implements Event {}

  /** Why a waiting request left the queue without a grant. */
  enum QueueExit {
    /** Its client cancelled it. */
    CANCELLED,
    /** Its wait was over. */
    TIMED_OUT,
    /** Its session ended. */
    SESSION_ENDED
  }

  /** A request was granted; the revision is the fencing token. */
  record LockGranted(
      long revision,
      long ticket,
      long sessionId,
      String owner,
      List<Demand> demands,
      long waitedMillis)
      implements Event {}

  /** A grant ended. {@code operator} and {@code reason} are empty unless it was force-released. */
  record LockReleased(
      long revision,
      long token,
      long sessionId,
      List<Demand> demands,
      GrantEnd end,
      String operator,
      String reason)
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
    FORCE_RELEASED
  }
}
