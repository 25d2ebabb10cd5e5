package dev.holdfast.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to locks, as a {@link Watch} tells it. Numbers of sessions, tokens and
 * tickets are the cluster's; several events may have one revision.
 */
public sealed interface LockEvent {
  /** The revision of the step in which it happened. */
  long revision();

  /** The cluster clock then, in milliseconds. */
  long clockMillis();

  /**
   * The locks that it is about: all of the request's or grant's, not only those that are watched.
   */
  List<String> locks();

  /**
   * A lock in a mode, or permits of a semaphore.
   *
   * @param lock its name
   * @param mode null for permits
   * @param permits 0 for a mode
   * @param limit how many permits there are; 0 for a mode
   */
  record Part(String lock, @Nullable Mode mode, int permits, int limit) {
    @Override
    public String toString() {
      return lock + ":" + (mode == null ? permits + "/" + limit : mode.name());
    }
  }

  private static List<String> namesOf(List<Part> parts) {
    return parts.stream().map(Part::lock).toList();
  }

  /** Why there is a grant. */
  enum Cause {
    /** It was asked for. */
    REQUESTED,
    /** In the place of one with another lease. */
    EXTENDED,
    /** In the place of one with other modes. */
    CONVERTED,
    /** In the place of another owner's, who gave it. */
    HANDED_OVER,
    /** A cause that this version of the client does not know. */
    OTHER
  }

  /**
   * There is a new grant; its fencing token is the revision.
   *
   * @param sessionId whose it is
   * @param owner who in that session
   * @param parts what it holds
   * @param ticket of the request
   * @param waitedMillis how long the request waited
   * @param expiresAtMillis on the cluster clock; 0: kept alive with the session
   * @param cause why
   * @param replacedToken the grant in whose place it comes; 0 if none
   */
  record Granted(
      long revision,
      long clockMillis,
      long sessionId,
      String owner,
      List<Part> parts,
      long ticket,
      long waitedMillis,
      long expiresAtMillis,
      Cause cause,
      long replacedToken)
      implements LockEvent {
    /** Its fencing token. */
    public long token() {
      return revision;
    }

    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /** Why a grant ended. */
  enum End {
    /** Its holder released it. */
    RELEASED,
    /** It was extended: a grant with a new token is in its place. */
    EXTENDED,
    /** Its fixed lease ran out. */
    LEASE_EXPIRED,
    /** Its session was closed. */
    SESSION_CLOSED,
    /** Its session was not renewed in time. */
    SESSION_EXPIRED,
    /** An operator took it away. */
    FORCE_RELEASED,
    /** It was converted: a grant with other modes is in its place. */
    CONVERTED,
    /** It was handed over: a grant of another owner is in its place. */
    HANDED_OVER,
    /** An end that this version of the client does not know. */
    OTHER
  }

  /**
   * A grant ended.
   *
   * @param token its fencing token
   * @param sessionId whose it was
   * @param parts what it held
   * @param end why
   * @param operator who took it away; empty otherwise
   * @param reason what the operator said; empty otherwise
   * @param reservedUntilMillis its locks are reserved until then on the cluster clock; 0 if not
   */
  record Released(
      long revision,
      long clockMillis,
      long token,
      long sessionId,
      List<Part> parts,
      End end,
      String operator,
      String reason,
      long reservedUntilMillis)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /**
   * A request waits; its ticket is the revision.
   *
   * @param sessionId whose it is
   * @param sequence that session's number for it
   * @param owner who in that session
   * @param parts what it wants
   * @param priority as asked for
   * @param convertsToken the grant that it converts; 0 if none
   */
  record Queued(
      long revision,
      long clockMillis,
      long sessionId,
      long sequence,
      String owner,
      List<Part> parts,
      int priority,
      long convertsToken)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /** Why a request went away without a grant. */
  enum Exit {
    /** Its client took it back. */
    CANCELLED,
    /** Its time to wait was over. */
    TIMED_OUT,
    /** Its session ended. */
    SESSION_ENDED,
    /** It was refused so that a deadlock ends. */
    DEADLOCK_VICTIM,
    /** The grant that it was to convert ended. */
    GRANT_ENDED,
    /** It would have waited for itself, unless more requests than may had passed others. */
    QUEUE_FULL,
    /** A way that this version of the client does not know. */
    OTHER
  }

  /**
   * A waiting request went away without a grant.
   *
   * @param ticket its ticket
   * @param sessionId whose it was
   * @param sequence that session's number for it
   * @param exit how
   * @param parts what it wanted
   */
  record Left(
      long revision,
      long clockMillis,
      long ticket,
      long sessionId,
      long sequence,
      Exit exit,
      List<Part> parts)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /**
   * A waiting request is not held back any more by an earlier one, which cannot be served before
   * the cycle of waiting ends in which both are.
   *
   * @param ticket of the request
   * @param sessionId whose it is
   * @param sequence that session's number for it
   * @param lock where
   * @param passedTicket of the earlier one
   */
  record Passed(
      long revision,
      long clockMillis,
      long ticket,
      long sessionId,
      long sequence,
      String lock,
      long passedTicket)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return List.of(lock);
    }
  }

  /**
   * A grant has less than before, and kept its token.
   *
   * @param token its fencing token
   * @param sessionId whose it is
   * @param owner who in that session
   * @param before what it held
   * @param parts what it holds
   */
  record Converted(
      long revision,
      long clockMillis,
      long token,
      long sessionId,
      String owner,
      List<Part> before,
      List<Part> parts)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /**
   * Locks are not reserved any more.
   *
   * @param token of the grant that had ended
   * @param parts what it had held
   * @param operator who wanted it so; empty if its time was over
   * @param reason what the operator said
   */
  record ReservationEnded(
      long revision, long clockMillis, long token, List<Part> parts, String operator, String reason)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /**
   * A lock's value was set, became invalid, or was removed.
   *
   * @param lock its name
   * @param value null when removed; read-only
   * @param valid false after an unclean end of a grant that might have been changing it
   * @param token the grant that set or removed it, or whose end made it invalid
   */
  record ValueChanged(
      long revision,
      long clockMillis,
      String lock,
      @Nullable ByteBuffer value,
      boolean valid,
      long token)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return List.of(lock);
    }

    /** The value, with a position of its own; null when removed. */
    @Override
    public @Nullable ByteBuffer value() {
      return value == null ? null : value.asReadOnlyBuffer();
    }

    /** The value as UTF-8, what is none of it replaced; null when removed. */
    public @Nullable String text() {
      ByteBuffer bytes = value();
      return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }
  }

  /**
   * Somebody asks a holder to let go.
   *
   * @param token the grant
   * @param sessionId whose it is
   * @param bySessionId the session that waits; 0 when an operator asks
   * @param operator who asks, if it is an operator; otherwise empty
   * @param detail for the holder to read
   * @param parts what the grant holds
   */
  record RevocationRequested(
      long revision,
      long clockMillis,
      long token,
      long sessionId,
      long bySessionId,
      String operator,
      String detail,
      List<Part> parts)
      implements LockEvent {
    @Override
    public List<String> locks() {
      return namesOf(parts);
    }
  }

  /**
   * A deadlock was found, and broken by refusing one of its members; that one's {@link Left}
   * follows.
   *
   * @param victimTicket of the request that is refused
   * @param members each waits for what the next one holds, the last for the first; at most 64
   * @param length how many there are
   */
  record DeadlockFound(
      long revision, long clockMillis, long victimTicket, List<Member> members, int length)
      implements LockEvent {
    /**
     * An owner in the cycle.
     *
     * @param sessionId its session
     * @param owner who in that session
     * @param label of the session
     * @param ticket of its waiting request
     * @param lock where it waits for the next one
     * @param heldToken the next one's grant there
     */
    public record Member(
        long sessionId, String owner, String label, long ticket, String lock, long heldToken) {}

    @Override
    public List<String> locks() {
      return members.stream().map(Member::lock).distinct().toList();
    }
  }

  /** Something that this version of the client does not know. */
  record Other(long revision, long clockMillis) implements LockEvent {
    @Override
    public List<String> locks() {
      return List.of();
    }
  }
}
