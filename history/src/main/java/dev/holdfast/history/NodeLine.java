package dev.holdfast.history;

import java.util.List;

/** What a node recorded of its own map. */
public sealed interface NodeLine extends HistoryLine.Recorded {
  /** The node's id. */
  String node();

  /** When the node had applied it, or learned of it. */
  long atNanos();

  /** What was applied at a revision. */
  sealed interface Applied extends NodeLine {
    /** The revision of the step. */
    long revision();

    /** The cluster clock after the entry that it was part of. */
    long clockMillis();
  }

  /**
   * From this revision on, every event is in this file. At the start of a node, and when it has
   * loaded a snapshot and thereby skipped steps.
   *
   * @param revision the last one that is not covered; 0 for a new map
   */
  record Began(String node, long revision, long clockMillis, long atNanos) implements Applied {}

  /**
   * Everything up to this revision has been written. At the end of the recording.
   *
   * @param revision the last one that is covered
   */
  record Reached(String node, long revision, long clockMillis, long atNanos) implements Applied {}

  /**
   * A session began.
   *
   * @param session its number
   * @param client the client's own id
   * @param ttlMillis how long it outlives its last renewal; 0 if the recorder does not know
   */
  record SessionBegan(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long session,
      String client,
      long ttlMillis)
      implements Applied {}

  /**
   * A session ended. What it held and waited for ends at the same revision, with lines of its own.
   *
   * @param session its number
   * @param end why
   */
  record SessionEnded(
      String node, long revision, long clockMillis, long atNanos, long session, SessionEnd end)
      implements Applied {}

  /** Why a session ended. */
  enum SessionEnd {
    /** Its client closed it. */
    CLOSED,
    /** No renewal arrived in time. */
    EXPIRED,
    /** An operator ended it. */
    KILLED
  }

  /**
   * A request entered the queues; the revision is its ticket.
   *
   * @param session the session's number
   * @param sequence the session's number for the request
   * @param owner who in the session asks
   * @param demands merged: one for each lock
   */
  record RequestQueued(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long session,
      long sequence,
      String owner,
      List<Demand> demands)
      implements Applied {
    /** Copies the list. */
    public RequestQueued {
      demands = List.copyOf(demands);
    }
  }

  /**
   * A waiting request left the queues without a grant.
   *
   * @param ticket the request's
   * @param session the session's number
   * @param sequence the session's number for the request
   * @param exit why
   */
  record RequestLeft(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long ticket,
      long session,
      long sequence,
      QueueExit exit)
      implements Applied {}

  /** Why a waiting request left without a grant. */
  enum QueueExit {
    /** Its client cancelled it. */
    CANCELLED,
    /** Its wait was over. */
    TIMED_OUT,
    /** Its session ended. */
    SESSION_ENDED,
    /** It was refused to break a deadlock. */
    DEADLOCK
  }

  /**
   * A request was granted; the revision is the fencing token.
   *
   * @param ticket the revision at which the request entered, whether it waited or not
   * @param session the session's number
   * @param sequence the session's number for the request; 0 if the recorder does not know
   * @param owner who in the session asked
   * @param demands merged: one for each lock
   * @param expiresAtMillis the end of a fixed lease on the cluster clock; 0 when kept alive with
   *     the session
   * @param how in what way
   */
  record LockGranted(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long ticket,
      long session,
      long sequence,
      String owner,
      List<Demand> demands,
      long expiresAtMillis,
      GrantKind how)
      implements Applied {
    /** Copies the list. */
    public LockGranted {
      demands = List.copyOf(demands);
    }
  }

  /** In what way a grant came about; all but the first may overtake waiting requests. */
  enum GrantKind {
    /** In its turn. */
    ACQUIRED,
    /** A grant with a fixed lease went on under a new token. */
    EXTENDED,
    /** A grant changed its modes. */
    CONVERTED,
    /** A grant passed from one session to another. */
    HANDED_OVER,
    /** It passed the request behind which it was queued, because both waited for each other. */
    PASSED
  }

  /**
   * A grant ended.
   *
   * @param token the grant's
   * @param session whose it was
   * @param sequence the number of the request that ended it; 0 if none did, or the recorder does
   *     not know
   * @param by the session whose request ended it; 0 if none did
   * @param end why
   */
  record LockReleased(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long token,
      long session,
      long sequence,
      long by,
      GrantEnd end)
      implements Applied {}

  /** Why a grant ended. */
  enum GrantEnd {
    /** Its holder released it. */
    RELEASED,
    /** A grant with a new token and the same locks took its place. */
    EXTENDED,
    /** A grant with other modes took its place. */
    CONVERTED,
    /** Its holder passed it on. */
    HANDED_OVER,
    /** Its fixed lease ran out. */
    LEASE_EXPIRED,
    /** Its session was closed. */
    SESSION_CLOSED,
    /** Its session expired. */
    SESSION_EXPIRED,
    /** An operator took it away, or ended its session. */
    FORCE_RELEASED
  }

  /**
   * A request was refused, or an answer given before was given again.
   *
   * @param revision the step that refused; for a repeated answer, the last step of the entry
   * @param session the session's number
   * @param sequence the session's number for the request
   * @param answer refused, or whatever the answer was before
   */
  record RequestAnswered(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long session,
      long sequence,
      Answer answer)
      implements Applied {}

  /**
   * The node learned who leads, or that nobody does.
   *
   * @param leader the leader's id; empty when there is none
   * @param term the leader's term
   */
  record LeaderChanged(String node, long atNanos, String leader, long term) implements NodeLine {}
}
