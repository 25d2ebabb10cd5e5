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

    /** The same, told by a node at a moment. */
    Applied toldBy(String node, long atNanos);
  }

  /**
   * From this revision on, every event is in this file. At the start of a node, and when it has
   * loaded a snapshot and thereby skipped steps.
   *
   * @param revision the last one that is not covered; 0 for a new map
   */
  record Began(String node, long revision, long clockMillis, long atNanos) implements Applied {
    @Override
    public Began toldBy(String teller, long at) {
      return new Began(teller, revision, clockMillis, at);
    }
  }

  /**
   * Everything up to this revision has been written. At the end of the recording.
   *
   * @param revision the last one that is covered
   */
  record Reached(String node, long revision, long clockMillis, long atNanos) implements Applied {
    @Override
    public Reached toldBy(String teller, long at) {
      return new Reached(teller, revision, clockMillis, at);
    }
  }

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
      implements Applied {
    @Override
    public SessionBegan toldBy(String teller, long at) {
      return new SessionBegan(teller, revision, clockMillis, at, session, client, ttlMillis);
    }
  }

  /**
   * A session ended. What it held and waited for ends at the same revision, with lines of its own.
   *
   * @param session its number
   * @param end why
   */
  record SessionEnded(
      String node, long revision, long clockMillis, long atNanos, long session, SessionEnd end)
      implements Applied {
    @Override
    public SessionEnded toldBy(String teller, long at) {
      return new SessionEnded(teller, revision, clockMillis, at, session, end);
    }
  }

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
   * @param converts the grant that it converts; 0 if none
   */
  record RequestQueued(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long session,
      long sequence,
      String owner,
      List<Demand> demands,
      long converts)
      implements Applied {
    /** Copies the list. */
    public RequestQueued {
      demands = List.copyOf(demands);
    }

    /** One that converts nothing. */
    public RequestQueued(
        String node,
        long revision,
        long clockMillis,
        long atNanos,
        long session,
        long sequence,
        String owner,
        List<Demand> demands) {
      this(node, revision, clockMillis, atNanos, session, sequence, owner, demands, 0);
    }

    @Override
    public RequestQueued toldBy(String teller, long at) {
      return new RequestQueued(
          teller, revision, clockMillis, at, session, sequence, owner, demands, converts);
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
      implements Applied {
    @Override
    public RequestLeft toldBy(String teller, long at) {
      return new RequestLeft(teller, revision, clockMillis, at, ticket, session, sequence, exit);
    }
  }

  /** Why a waiting request left without a grant. */
  enum QueueExit {
    /** Its client cancelled it. */
    CANCELLED,
    /** Its wait was over. */
    TIMED_OUT,
    /** Its session ended. */
    SESSION_ENDED,
    /** It was refused to break a deadlock. */
    DEADLOCK,
    /** The grant that it was to convert ended. */
    GRANT_ENDED,
    /** It was refused because too many would have had to pass others. */
    QUEUE_FULL;

    /** Whether a search for deadlocks ended it, at a revision that may be that of a grant. */
    public boolean endsSearch() {
      return this == DEADLOCK || this == QUEUE_FULL;
    }
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
   * @param replaces the grant in whose place it came; 0 if none, or the recorder does not know
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
      GrantKind how,
      long replaces)
      implements Applied {
    /** Copies the list. */
    public LockGranted {
      demands = List.copyOf(demands);
    }

    /** One that takes nobody's place. */
    public LockGranted(
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
        GrantKind how) {
      this(
          node,
          revision,
          clockMillis,
          atNanos,
          ticket,
          session,
          sequence,
          owner,
          demands,
          expiresAtMillis,
          how,
          0);
    }

    @Override
    public LockGranted toldBy(String teller, long at) {
      return new LockGranted(
          teller,
          revision,
          clockMillis,
          at,
          ticket,
          session,
          sequence,
          owner,
          demands,
          expiresAtMillis,
          how,
          replaces);
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
   * @param reservedUntilMillis its locks are kept from everybody until then, on the cluster clock;
   *     0 if not
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
      GrantEnd end,
      long reservedUntilMillis)
      implements Applied {
    /** One that leaves its locks free. */
    public LockReleased(
        String node,
        long revision,
        long clockMillis,
        long atNanos,
        long token,
        long session,
        long sequence,
        long by,
        GrantEnd end) {
      this(node, revision, clockMillis, atNanos, token, session, sequence, by, end, 0);
    }

    @Override
    public LockReleased toldBy(String teller, long at) {
      return new LockReleased(
          teller,
          revision,
          clockMillis,
          at,
          token,
          session,
          sequence,
          by,
          end,
          reservedUntilMillis);
    }
  }

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
   * A grant has less than before, and keeps its token.
   *
   * @param token the grant's
   * @param session whose it is
   * @param sequence the session's number for the conversion; 0 if the recorder does not know
   * @param demands what it has from now on
   */
  record LockConverted(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long token,
      long session,
      long sequence,
      List<Demand> demands)
      implements Applied {
    /** Copies the list. */
    public LockConverted {
      demands = List.copyOf(demands);
    }

    @Override
    public LockConverted toldBy(String teller, long at) {
      return new LockConverted(
          teller, revision, clockMillis, at, token, session, sequence, demands);
    }
  }

  /**
   * A waiting request is not held back any more by an earlier one, since both wait for each other.
   *
   * @param ticket of the one that passes
   * @param passed the ticket of the earlier one
   * @param lock where it waited behind it
   */
  record RequestPassed(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long ticket,
      long passed,
      String lock)
      implements Applied {
    @Override
    public RequestPassed toldBy(String teller, long at) {
      return new RequestPassed(teller, revision, clockMillis, at, ticket, passed, lock);
    }
  }

  /**
   * A deadlock was found, and one request of it is refused in the same step.
   *
   * @param victim the ticket of the request that is refused
   * @param length how many owners wait for each other
   * @param members the owners, each of which waits for the next one, and the last for the first; if
   *     there are many, only the first of them
   */
  record DeadlockFound(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      long victim,
      long length,
      List<Member> members)
      implements Applied {
    /** Copies the list. */
    public DeadlockFound {
      members = List.copyOf(members);
    }

    @Override
    public DeadlockFound toldBy(String teller, long at) {
      return new DeadlockFound(teller, revision, clockMillis, at, victim, length, members);
    }
  }

  /**
   * One owner in a deadlock.
   *
   * @param ticket of its waiting request
   * @param lock where it waits
   * @param token of the next owner's grant, which is in its way there
   */
  record Member(long ticket, String lock, long token) {}

  /**
   * What a grant had is not kept from others any more.
   *
   * @param token of the grant that ended before
   * @param operator who wanted it so; empty if its time was over
   */
  record ReservationEnded(
      String node, long revision, long clockMillis, long atNanos, long token, String operator)
      implements Applied {
    @Override
    public ReservationEnded toldBy(String teller, long at) {
      return new ReservationEnded(teller, revision, clockMillis, at, token, operator);
    }
  }

  /**
   * The value that is kept with a lock changed.
   *
   * @param lock the lock's name
   * @param token the grant that changed it, or whose end made it invalid
   * @param change how
   */
  record ValueChanged(
      String node,
      long revision,
      long clockMillis,
      long atNanos,
      String lock,
      long token,
      ValueChange change)
      implements Applied {
    @Override
    public ValueChanged toldBy(String teller, long at) {
      return new ValueChanged(teller, revision, clockMillis, at, lock, token, change);
    }
  }

  /** What happened to a lock's value. */
  enum ValueChange {
    /** There is a new one. */
    SET,
    /** There is none any more. */
    REMOVED,
    /** Whoever could change it ended without saying so. */
    INVALIDATED
  }

  /**
   * A holder was asked to let go.
   *
   * @param token the grant's
   * @param session whose it is
   * @param by the session that asks; 0 if an operator does
   */
  record RevocationRequested(
      String node, long revision, long clockMillis, long atNanos, long token, long session, long by)
      implements Applied {
    @Override
    public RevocationRequested toldBy(String teller, long at) {
      return new RevocationRequested(teller, revision, clockMillis, at, token, session, by);
    }
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
      implements Applied {
    @Override
    public RequestAnswered toldBy(String teller, long at) {
      return new RequestAnswered(teller, revision, clockMillis, at, session, sequence, answer);
    }
  }

  /**
   * The node learned who leads, or that nobody does.
   *
   * @param leader the leader's id; empty when there is none
   * @param term the leader's term
   */
  record LeaderChanged(String node, long atNanos, String leader, long term) implements NodeLine {}
}
