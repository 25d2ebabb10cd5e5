package dev.holdfast.history;

import java.util.List;

/** What a client library recorded. */
public sealed interface ClientLine extends HistoryLine.Recorded {
  /**
   * A session was opened.
   *
   * @param session its number
   * @param client the client's own id
   * @param ttlMillis how long it outlives its last renewal
   * @param node which node told
   * @param invokedNanos when the client first sent the request to open it
   * @param answeredNanos when it heard of it
   */
  record SessionOpened(
      long session,
      String client,
      long ttlMillis,
      String node,
      long invokedNanos,
      long answeredNanos)
      implements ClientLine {}

  /**
   * A renewal was acknowledged.
   *
   * @param session its number
   * @param sentNanos when the renewal that was acknowledged was sent
   * @param answeredNanos when the acknowledgement arrived
   * @param clockMillis the cluster clock that the acknowledgement carried
   */
  record SessionRenewed(long session, long sentNanos, long answeredNanos, long clockMillis)
      implements ClientLine {}

  /**
   * The client announced a new state of its session.
   *
   * @param session its number
   * @param state the state from now on
   * @param why for a person
   * @param atNanos when
   */
  record SessionChanged(long session, SessionState state, String why, long atNanos)
      implements ClientLine {}

  /** What the client thinks of its session. */
  enum SessionState {
    /** Alive, and everything granted is held. */
    HELD,
    /** In doubt: no renewal was acknowledged for long, or wall time ran ahead. */
    JEOPARDY,
    /** Lost, and announced. */
    LOST,
    /** Closed by the client. */
    CLOSED
  }

  /**
   * A numbered request, from its first sending to the answer. Written once, when the final answer
   * is there, or when the client gives up finding out (then its answer is {@link Answer.Unknown}).
   * Several lines for one number are allowed: they tell of repeated answers, and of {@link
   * Action#CANCEL} and {@link Action#RESOLVE}, which ask about a number.
   *
   * @param session the session's number
   * @param sequence the session's number for the request
   * @param action what was asked
   * @param owner who in the session asked; empty if only the grant says so
   * @param demands what was asked for; of a conversion only what is to change; empty for whatever
   *     takes no lock
   * @param token the grant that it is about; 0 if none
   * @param waitMillis 0: not at all; negative: as long as it takes
   * @param leaseMillis 0: kept alive with the session
   * @param ticket of the last {@code queued} that arrived; 0 if none did
   * @param node which node answered; empty if none did
   * @param invokedNanos when it was first sent, or earlier
   * @param answeredNanos when the answer arrived; when the client gave up if it is unknown
   * @param answer what became of it
   */
  record Operation(
      long session,
      long sequence,
      Action action,
      String owner,
      List<Demand> demands,
      long token,
      long waitMillis,
      long leaseMillis,
      long ticket,
      String node,
      long invokedNanos,
      long answeredNanos,
      Answer answer)
      implements ClientLine {
    /** Copies the list. */
    public Operation {
      demands = List.copyOf(demands);
    }
  }

  /** What a numbered request asks for. */
  enum Action {
    /** Grant or refuse at once. */
    PREEMPT,
    /** Grant, or wait for it. */
    ACQUIRE,
    /** Give a grant back. */
    RELEASE,
    /** Give a fixed lease a new end, under a new token. */
    EXTEND,
    /** Exchange a grant for one with other modes. */
    CONVERT,
    /** Pass a grant on to another session. */
    HAND_OVER,
    /** Keep a value with a lock, or remove it. */
    SET_VALUE,
    /** Append to a file. */
    APPEND_FILE,
    /** Remove a file. */
    DELETE_FILE,
    /** Ask a holder to let go. */
    REQUEST_REVOCATION,
    /** Leave the queue. */
    CANCEL,
    /** What became of the request? */
    RESOLVE
  }

  /**
   * A read of one lock.
   *
   * @param client the client's own id: its reads never go back
   * @param session the session's number; 0 if the reader had none
   * @param lock the lock's name
   * @param consistency what the answer was labelled
   * @param revision of the map that was read
   * @param holders the tokens of the grants that name the lock
   * @param node which node answered
   * @param invokedNanos when it was asked
   * @param answeredNanos when the answer arrived
   */
  record LockRead(
      String client,
      long session,
      String lock,
      Consistency consistency,
      long revision,
      List<Long> holders,
      String node,
      long invokedNanos,
      long answeredNanos)
      implements ClientLine {
    /** Copies the list. */
    public LockRead {
      holders = List.copyOf(holders);
    }
  }

  /** How a read was answered. */
  enum Consistency {
    /** As of some moment between question and answer. */
    LINEARIZABLE,
    /** As of some earlier moment. */
    LOCAL
  }

  /**
   * A stretch of time in which the client said of a grant that it is held ({@code isHeld()}).
   *
   * @param session the session's number
   * @param owner who in the session held
   * @param token the grant's
   * @param demands what was granted
   * @param fromNanos the first moment
   * @param untilNanos the last moment; when the recording ended if it was held still
   * @param end why it was not held any more
   */
  record Holding(
      long session,
      String owner,
      long token,
      List<Demand> demands,
      long fromNanos,
      long untilNanos,
      HoldingEnd end)
      implements ClientLine {
    /** Copies the list. */
    public Holding {
      demands = List.copyOf(demands);
    }
  }

  /** Why something was not held any more. */
  enum HoldingEnd {
    /** Its holder gave it back, or a new token took its place. */
    GIVEN_BACK,
    /** The end of its fixed lease came near. */
    LEASE_EXPIRED,
    /** The session was lost. */
    SESSION_LOST,
    /** The session was closed. */
    SESSION_CLOSED,
    /** An operator took it away, or the client was told that it is not held. */
    TAKEN_AWAY,
    /** The recording ended first. */
    STILL_HELD
  }
}
