package dev.holdfast.client;

import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.Refused;
import org.jspecify.annotations.Nullable;

/** From results of calls to what users get: refusals and exceptions, named by what is certain. */
final class Outcomes {
  private Outcomes() {}

  static Refusal refusal(Refused refused) {
    return new Refusal(
        RefusalReason.of(refused.getReasonValue()),
        refused.hasHolder() ? holder(refused.getHolder()) : null,
        refused.getLock().isEmpty() ? null : refused.getLock(),
        detail(refused),
        refused.hasDeadlock() ? Deadlocks.report(refused.getDeadlock()) : null,
        refused.getReservedUntilMillis());
  }

  private static String detail(Refused refused) {
    boolean known = RefusalReason.of(refused.getReasonValue()) != RefusalReason.OTHER;
    return known
        ? refused.getDetail()
        : "reason number " + refused.getReasonValue() + " " + refused.getDetail();
  }

  static @Nullable HolderInfo holder(Holder holder) {
    if (holder.getSessionId() < 1) {
      return null;
    }
    return new HolderInfo(
        new SessionId(holder.getSessionId()),
        holder.getOwner(),
        holder.getToken() < 1 ? null : new FencingToken(holder.getToken()),
        Mode.of(holder.getMode()),
        holder.getLabel(),
        holder.getPermits());
  }

  static NotAppliedException exception(Refusal refusal) {
    if (isOverload(refusal.reason())) {
      return new OverloadedException(refusal.reason(), refusal.message());
    }
    DeadlockReport deadlock = refusal.deadlock();
    return deadlock == null
        ? new LockRefusedException(refusal)
        : new DeadlockException(refusal, deadlock);
  }

  static boolean isOverload(RefusalReason reason) {
    return switch (reason) {
      case OVERLOADED, TOO_MANY_REQUESTS, TOO_MANY_ANSWERS, TOO_MANY_SESSIONS, TOO_MANY_WATCHERS ->
          true;
      case HELD_BY_ANOTHER, WAITED_FOR_BY_ANOTHER, ALREADY_HELD, ALREADY_WAITING, RESERVED -> false;
      case KIND_MISMATCH,
          BEHIND,
          NOT_HOLDER,
          STALE_TOKEN,
          WAIT_TIMED_OUT,
          CANCELLED,
          SESSION_EXPIRED ->
          false;
      case DEADLOCK, QUEUE_FULL, TOO_MANY_LOCKS, LIMIT_MISMATCH, INVALID_NAME, STALE_REQUEST ->
          false;
      case INVALID_REQUEST, NO_LEADER, UNKNOWN_SESSION, WRONG_SECRET, FRAME_TOO_LARGE -> false;
      case NOT_FIXED_LEASE, NODE_STOPPING, SESSION_CLOSED, OTHER -> false;
      case INVALID_FILE_NAME, FILE_QUOTA_EXCEEDED, APPEND_TOO_LARGE -> false;
      case TOO_MANY_RESERVATIONS, TOO_MANY_VALUES, MODE_TOO_WEAK, NOT_WAITING -> false;
    };
  }

  /** Whether a lock that cannot be had at once was refused for a reason that passes by itself. */
  static boolean isInTheWay(RefusalReason reason) {
    return reason == RefusalReason.HELD_BY_ANOTHER
        || reason == RefusalReason.WAITED_FOR_BY_ANOTHER
        || reason == RefusalReason.RESERVED
        || reason == RefusalReason.WAIT_TIMED_OUT;
  }

  /** The exception for a result that is neither what was wanted nor a refusal. */
  static HoldfastException failure(CallResult result, LiveSession session) {
    if (result instanceof CallResult.TimedOut timedOut) {
      return unavailable(timedOut.sent(), session);
    }
    if (result instanceof CallResult.Unknown unknown) {
      return unknown(session.requestId(unknown.sequence()), session);
    }
    if (result instanceof CallResult.SessionOver over) {
      return new SessionExpiredException(
          "the session is "
              + over.state()
              + ": "
              + over.why()
              + "; nothing is held by this request");
    }
    if (result instanceof CallResult.Refused refused) {
      return exception(refusal(refused.refused()));
    }
    throw new IllegalStateException("this result does not belong to the request: " + result);
  }

  /** The exception for what became of a change of a grant. */
  static HoldfastException failure(CallResult result, HeldGrant held, LiveSession session) {
    if (result instanceof CallResult.Refused refused) {
      Refusal refusal = refusal(refused.refused());
      if (refusal.reason() == RefusalReason.STALE_TOKEN
          || refusal.reason() == RefusalReason.NOT_HOLDER) {
        LossReason loss = held.lossByNow();
        return lost(held.token(), loss == null ? LossReason.NOT_HELD : loss);
      }
    }
    if (result instanceof CallResult.SessionOver over && over.before()) {
      LossReason loss = held.loss();
      return lost(held.token(), loss == null ? LossReason.NOT_HELD : loss);
    }
    return failure(result, session);
  }

  /** The caller's own deadline is the end of its waiting time, whichever clock says so first. */
  static CallResult waited(CallResult result) {
    return result instanceof CallResult.TimedOut
        ? new CallResult.Refused(
            Refused.newBuilder()
                .setReason(dev.holdfast.protocol.v1.RefusalReason.WAIT_TIMED_OUT)
                .build())
        : result;
  }

  private static UnavailableException unavailable(boolean sent, LiveSession session) {
    String what =
        sent
            ? "no node answered in time; the request is being taken back in the background"
            : "no node could be asked in time; the request never left this client";
    return new UnavailableException(what + "; last problem: " + session.lastProblem(), null);
  }

  private static OutcomeUnknownException unknown(RequestId id, LiveSession session) {
    return new OutcomeUnknownException(
        id,
        "no node answered request "
            + id
            + " in time, so it may or may not have been carried out;"
            + " resolve it by its id; last problem: "
            + session.lastProblem(),
        null);
  }

  static LockLostException lost(long token, LossReason reason) {
    return new LockLostException(
        new FencingToken(token),
        reason,
        "the lock with token " + token + " was lost (" + reason + ") before it was released");
  }

  static LockLostException givenBack(long token) {
    return new LockLostException(
        new FencingToken(token),
        LossReason.NOT_HELD,
        "the lock with token "
            + token
            + " was released by its token before its thread unlocked it; the thread must unlock it"
            + " before it can lock it again");
  }
}
