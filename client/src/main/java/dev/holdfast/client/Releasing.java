package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.client.session.SessionState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Giving grants back, and finding out at that moment that they had been lost. */
final class Releasing {
  private Releasing() {}

  /**
   * Refuses to release what was lost; if only the clock says so, the cluster is told all the same.
   *
   * @throws LockLostException if it was lost
   */
  static void requireNotLost(LiveSession session, HeldGrant held) {
    LossReason loss = held.lossByNow();
    if (loss != null) {
      boolean lostForAll = held.loss() != null && loss != LossReason.LEASE_EXPIRED;
      if (lostForAll || session.isOver()) {
        held.markReleased();
        session.forget(held);
      } else {
        session.releaseInBackground(held);
      }
      throw Outcomes.lost(held.token(), loss);
    }
  }

  /** Releases and waits for the cluster's word. */
  static void now(LiveSession session, HeldGrant held, Duration limit) {
    held.markReleased();
    session.forget(held);
    BlockingCall call =
        new BlockingCall(session, action(held), session.nanosFromNow(limit), Call.WhenLate.DOUBT);
    check(call.await(), session, held.token(), held);
  }

  /** Releases; the future has the cluster's word. */
  static CompletableFuture<Void> later(LiveSession session, HeldGrant held, Duration limit) {
    held.markReleased();
    session.forget(held);
    return byToken(session, held.token(), held, limit);
  }

  /** Releases by token alone. */
  static CompletableFuture<Void> byToken(
      LiveSession session, long token, @Nullable HeldGrant held, Duration limit) {
    return FutureCall.make(
        session,
        new Action.ReleaseGrant(token),
        session.nanosFromNow(limit),
        Call.WhenLate.DOUBT,
        result -> check(result, session, token, held));
  }

  /** Returns if it was released, throws what else became of it. */
  @SuppressWarnings("NullAway") // a Void is always null
  static Void check(CallResult result, LiveSession session, long token, @Nullable HeldGrant held) {
    if (result instanceof CallResult.Released) {
      return null;
    }
    if (result instanceof CallResult.Refused refused) {
      Refusal refusal = Outcomes.refusal(refused.refused());
      if (refusal.reason() == RefusalReason.STALE_TOKEN
          || refusal.reason() == RefusalReason.NOT_HOLDER) {
        LossReason known = held == null ? null : held.loss();
        throw Outcomes.lost(token, known == null ? LossReason.NOT_HELD : known);
      }
      throw Outcomes.exception(refusal);
    }
    if (result instanceof CallResult.SessionOver over) {
      if (over.state() == SessionState.CLOSED) {
        return null; // closing the session released it
      }
      throw Outcomes.lost(token, LossReason.SESSION_LOST);
    }
    throw Outcomes.failure(result, session);
  }

  private static Action action(HeldGrant held) {
    return new Action.ReleaseGrant(held.token());
  }
}
