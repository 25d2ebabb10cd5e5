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
   * @param loss as it was before the grant was given back, for nobody looks for a loss after that
   * @throws LockLostException if it was lost
   */
  static void requireNotLost(LiveSession session, HeldGrant held, @Nullable LossReason loss) {
    if (loss != null) {
      boolean lostForAll = held.loss() != null && loss != LossReason.LEASE_EXPIRED;
      if (lostForAll || session.isOver()) {
        session.forget(held);
      } else {
        session.releaseInBackground(held);
      }
      throw Outcomes.lost(held.token(), loss);
    }
  }

  /** Releases what was marked as given back, and waits for the cluster's word. */
  static void now(LiveSession session, HeldGrant held, Duration limit) {
    session.forget(held);
    now(session, held.token(), held, limit);
  }

  /** Releases by token alone and waits for the cluster's word. */
  static void nowByToken(LiveSession session, long token, Duration limit) {
    session.requireOtherThread();
    now(session, token, session.giveBack(token), limit);
  }

  private static void now(
      LiveSession session, long token, @Nullable HeldGrant held, Duration limit) {
    Action release = new Action.ReleaseGrant(token);
    BlockingCall call =
        new BlockingCall(session, release, session.nanosFromNow(limit), Call.WhenLate.DOUBT);
    check(call.await(), session, token, held);
  }

  /** Releases what was marked as given back; the future has the cluster's word. */
  static CompletableFuture<Void> later(LiveSession session, HeldGrant held, Duration limit) {
    session.forget(held);
    return later(session, held.token(), held, limit);
  }

  /** Releases by token alone; the future has the cluster's word. */
  static CompletableFuture<Void> laterByToken(LiveSession session, long token, Duration limit) {
    return later(session, token, session.giveBack(token), limit);
  }

  private static CompletableFuture<Void> later(
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
}
