package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.LossReason;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.Resolve;

/** From calls to messages, and what messages mean for a session. */
final class Wire {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Wire() {}

  static Request request(Call call, long nowNanos) {
    Request.Builder request = Request.newBuilder().setSequence(call.sequence);
    switch (call.purpose) {
      case CANCEL -> request.setCancel(Cancel.getDefaultInstance());
      case RESOLVE -> request.setResolve(Resolve.getDefaultInstance());
      case DO -> fillIn(request, call, nowNanos);
    }
    return request.build();
  }

  private static void fillIn(Request.Builder request, Call call, long nowNanos) {
    if (call.action instanceof Action.AcquireLocks acquire) {
      request.setAcquire(
          Acquire.newBuilder()
              .setOwner(acquire.owner())
              .addAllDemands(acquire.demands())
              .setWaitMillis(waitMillis(acquire.patience(), call.deadlineNanos - nowNanos))
              .setLeaseMillis(acquire.leaseMillis()));
    } else if (call.action instanceof Action.ReleaseGrant release) {
      request.setRelease(Release.newBuilder().setToken(release.token()));
    } else if (call.action instanceof Action.ExtendGrant extend) {
      request.setExtend(
          Extend.newBuilder().setToken(extend.token()).setLeaseMillis(extend.leaseMillis()));
    }
  }

  /** Rounded up, so that the cluster does not give up before the caller does. */
  private static long waitMillis(Action.Patience patience, long leftNanos) {
    return switch (patience) {
      case NONE -> 0;
      case ENDLESS -> -1;
      case LIMITED -> Math.max(1, (leftNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    };
  }

  /** Whether a request that was refused so may be made again as it is. */
  static boolean isTransient(RefusalReason reason) {
    return isOverload(reason)
        || reason == RefusalReason.NO_LEADER
        || reason == RefusalReason.NODE_STOPPING;
  }

  static boolean isOverload(RefusalReason reason) {
    return reason == RefusalReason.OVERLOADED
        || reason == RefusalReason.TOO_MANY_REQUESTS
        || reason == RefusalReason.TOO_MANY_ANSWERS;
  }

  /** Whether this means that the session does not exist any more. */
  static boolean endsSession(RefusalReason reason) {
    return reason == RefusalReason.SESSION_EXPIRED
        || reason == RefusalReason.SESSION_CLOSED
        || reason == RefusalReason.UNKNOWN_SESSION
        || reason == RefusalReason.WRONG_SECRET;
  }

  static dev.holdfast.client.session.LossReason lossReason(LossReason reason) {
    return switch (reason) {
      case LOSS_FORCE_RELEASED -> dev.holdfast.client.session.LossReason.FORCE_RELEASED;
      case LOSS_LEASE_EXPIRED -> dev.holdfast.client.session.LossReason.LEASE_EXPIRED;
      case LOSS_UNSPECIFIED, UNRECOGNIZED -> dev.holdfast.client.session.LossReason.NOT_HELD;
    };
  }
}
