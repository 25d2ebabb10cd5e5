package dev.holdfast.client;

/**
 * The rule that a refused request broke. The constants are those of the wire; see {@code
 * lock.proto}.
 */
public enum RefusalReason {
  /** Somebody else holds the lock. */
  HELD_BY_ANOTHER(1),
  /** The lock is free, but an earlier request waits for it. */
  WAITED_FOR_BY_ANOTHER(2),
  /** The same owner holds it already; the holder told is oneself, with the existing token. */
  ALREADY_HELD(3),
  /** The same owner has another waiting request. */
  ALREADY_WAITING(4),
  /** Held back by a lock delay or an at-least-for lease. */
  RESERVED(5),
  /** The name is in use as another kind of lock. */
  KIND_MISMATCH(6),
  /** The node's map is older than what this client has seen. */
  BEHIND(7),
  /** The session does not hold it. */
  NOT_HOLDER(8),
  /** The token is no longer current. */
  STALE_TOKEN(9),
  /** The time that the request was ready to wait is over. */
  WAIT_TIMED_OUT(10),
  /** The request was taken back. */
  CANCELLED(11),
  /** The session is over. */
  SESSION_EXPIRED(12),
  /** To wait would close a cycle. */
  DEADLOCK(13),
  /** As many requests wait for the lock as may. */
  QUEUE_FULL(14),
  /** The session holds and waits for as many locks as it may. */
  TOO_MANY_LOCKS(15),
  /** Another limit of permits is in force. */
  LIMIT_MISMATCH(16),
  /** Not a lock's name. */
  INVALID_NAME(17),
  /** The node has more to do than it can; nothing was done. */
  OVERLOADED(18),
  /** The answer to this request was received and dropped before. */
  STALE_REQUEST(19),
  /** The request makes no sense; the detail says why. */
  INVALID_REQUEST(20),
  /** No leader is known. */
  NO_LEADER(21),
  /** The session has as many requests open as it may. */
  TOO_MANY_REQUESTS(22),
  /** The cluster has as many sessions as it may. */
  TOO_MANY_SESSIONS(23),
  /** No such session. */
  UNKNOWN_SESSION(24),
  /** The session exists, but the secret is another. */
  WRONG_SECRET(25),
  /** A frame larger than the node takes. */
  FRAME_TOO_LARGE(26),
  /** Only a grant with a fixed lease can be extended. */
  NOT_FIXED_LEASE(27),
  /** The session has too many answers that it did not acknowledge. */
  TOO_MANY_ANSWERS(28),
  /** The node is about to stop. */
  NODE_STOPPING(29),
  /** The session was closed. */
  SESSION_CLOSED(30),
  /** The cluster keeps as many locks reserved, or ready to be, as it may. */
  TOO_MANY_RESERVATIONS(31),
  /** As many locks as may have a value. */
  TOO_MANY_VALUES(32),
  /** The lock is held in a mode that does not allow this. */
  MODE_TOO_WEAK(33),
  /** No such request waits for that grant. */
  NOT_WAITING(34),
  /** As many watchers as may watch at that node. */
  TOO_MANY_WATCHERS(35),
  /** Not a file's name. */
  INVALID_FILE_NAME(36),
  /** The cluster's files have as many bytes as they may, or there are as many as may be. */
  FILE_QUOTA_EXCEEDED(37),
  /** More bytes than one append may have. */
  APPEND_TOO_LARGE(38),
  /** A reason that this version of the client does not know; the detail has its number. */
  OTHER(0);

  private static final RefusalReason[] BY_NUMBER = byNumber();

  private final int number;

  RefusalReason(int number) {
    this.number = number;
  }

  /** The wire's number, which is never given to another reason; 0 for {@link #OTHER}. */
  public int number() {
    return number;
  }

  static RefusalReason of(int number) {
    return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : OTHER;
  }

  private static RefusalReason[] byNumber() {
    RefusalReason[] all = new RefusalReason[values().length];
    for (RefusalReason reason : values()) {
      all[reason.number] = reason;
    }
    return all;
  }
}
