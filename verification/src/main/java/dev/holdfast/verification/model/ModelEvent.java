package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened, in the model's own words; the table of events in the page on the lock model. */
sealed interface ModelEvent {

  record SessionOpened(long revision, long sessionId, String clientId, String label)
      implements ModelEvent {}

  record SessionEnded(long revision, long sessionId, SessionEnd end) implements ModelEvent {}

  enum SessionEnd {
    CLOSED,
    EXPIRED
  }

  record RequestQueued(
      long revision,
      ModelOwner owner,
      long sequence,
      List<Demand> demands,
      int priority,
      long convertsToken)
      implements ModelEvent {}

  record RequestPassed(
      long revision, long ticket, long sessionId, long sequence, String lock, long passedTicket)
      implements ModelEvent {}

  record RequestLeft(long revision, long ticket, long sessionId, long sequence, QueueExit exit)
      implements ModelEvent {}

  enum QueueExit {
    CANCELLED,
    TIMED_OUT,
    SESSION_ENDED,
    DEADLOCK_VICTIM,
    GRANT_ENDED,
    QUEUE_FULL
  }

  record LockGranted(
      long revision,
      long ticket,
      ModelOwner owner,
      List<Demand> demands,
      long waitedMillis,
      long expiresAtMillis,
      GrantCause cause,
      long replacedToken)
      implements ModelEvent {}

  enum GrantCause {
    REQUESTED,
    EXTENDED,
    CONVERTED,
    HANDED_OVER
  }

  record LockConverted(
      long revision, long token, ModelOwner owner, List<Demand> before, List<Demand> demands)
      implements ModelEvent {}

  record LockReleased(
      long revision,
      long token,
      long sessionId,
      List<Demand> demands,
      GrantEnd end,
      String operator,
      String reason,
      long reservedUntilMillis)
      implements ModelEvent {}

  enum GrantEnd {
    RELEASED,
    EXTENDED,
    LEASE_EXPIRED,
    SESSION_CLOSED,
    SESSION_EXPIRED,
    FORCE_RELEASED,
    CONVERTED,
    HANDED_OVER;

    /** "Uncleanly (SESSION_EXPIRED, LEASE_EXPIRED, FORCE_RELEASED)." */
    boolean isUnclean() {
      return this == SESSION_EXPIRED || this == LEASE_EXPIRED || this == FORCE_RELEASED;
    }

    /** Another grant takes its place without a free moment. */
    boolean isReplacement() {
      return this == EXTENDED || this == CONVERTED || this == HANDED_OVER;
    }
  }

  record ReservationEnded(
      long revision, long token, List<Demand> demands, String operator, String reason)
      implements ModelEvent {}

  record LockValueChanged(
      long revision, String lock, @Nullable ByteString value, boolean valid, long token)
      implements ModelEvent {}

  record FileAppended(long revision, String file, long offset, ByteString data, long token)
      implements ModelEvent {}

  record FileRolledBack(long revision, String file, long length, long token)
      implements ModelEvent {}

  record FileDeleted(long revision, String file, long token) implements ModelEvent {}

  record RevocationRequested(
      long revision, long token, long sessionId, long bySessionId, String operator, String detail)
      implements ModelEvent {}

  record DeadlockFound(long revision, Deadlock deadlock) implements ModelEvent {}
}
