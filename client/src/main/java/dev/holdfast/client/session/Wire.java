package dev.holdfast.client.session;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.Appended;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.LossReason;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.RequestRevocation;
import dev.holdfast.protocol.v1.Resolve;
import dev.holdfast.protocol.v1.SetValue;
import java.util.List;

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
              .setLeaseMillis(acquire.leaseMillis())
              .setAtLeastMillis(acquire.terms().atLeastMillis())
              .setLockDelayMillis(acquire.terms().lockDelayMillis())
              .setGated(acquire.terms().gated())
              .setPriority(acquire.terms().priority()));
    } else if (call.action instanceof Action.ReleaseGrant release) {
      request.setRelease(Release.newBuilder().setToken(release.token()));
    } else if (call.action instanceof Action.ExtendGrant extend) {
      request.setExtend(
          Extend.newBuilder().setToken(extend.token()).setLeaseMillis(extend.leaseMillis()));
    } else if (call.action instanceof Action.ConvertGrant convert) {
      request.setConvert(
          Convert.newBuilder()
              .setToken(convert.token())
              .addAllDemands(convert.changes())
              .setWaitMillis(waitMillis(convert.patience(), call.deadlineNanos - nowNanos))
              .setPriority(convert.priority()));
    } else if (call.action instanceof Action.HandOverGrant handOver) {
      request.setHandOver(
          HandOver.newBuilder()
              .setToken(handOver.token())
              .setToSessionId(handOver.toSessionId())
              .setToOwner(handOver.toOwner()));
    } else if (call.action instanceof Action.SetLockValue setValue) {
      request.setSetValue(setValue(setValue));
    } else if (call.action instanceof Action.WriteFile write) {
      fillIn(request, write);
    } else if (call.action instanceof Action.AskRevocation ask) {
      request.setRequestRevocation(
          RequestRevocation.newBuilder()
              .setToken(ask.token())
              .setWaitingSequence(call.waitingSequence)
              .setDetail(ask.detail()));
    }
  }

  private static void fillIn(Request.Builder request, Action.WriteFile action) {
    ByteString data = action.data();
    if (data == null) {
      request.setDeleteFile(
          DeleteFile.newBuilder().setToken(action.token()).setFile(action.file()));
    } else {
      request.setAppendFile(
          AppendFile.newBuilder()
              .setToken(action.token())
              .setFile(action.file())
              .setData(data)
              .setRollBack(action.rollBack()));
    }
  }

  static CallResult.Appended appended(Appended appended) {
    return new CallResult.Appended(appended.getOffset(), appended.getLength());
  }

  private static SetValue setValue(Action.SetLockValue action) {
    SetValue.Builder setValue =
        SetValue.newBuilder().setToken(action.token()).setLock(action.lock());
    ByteString value = action.value();
    return value == null ? setValue.setRemove(true).build() : setValue.setValue(value).build();
  }

  /** Whether an action is for a lock, one above it or one below it. */
  static boolean wants(Action action, String lock) {
    List<Demand> demands =
        action instanceof Action.AcquireLocks acquire
            ? acquire.demands()
            : action instanceof Action.ConvertGrant convert ? convert.changes() : List.of();
    return demands.stream()
        .map(Demand::getLock)
        .anyMatch(
            name ->
                name.equals(lock) || name.startsWith(lock + "/") || lock.startsWith(name + "/"));
  }

  /** How the call waits, if it may. */
  static Action.Patience patienceOf(Action action) {
    if (action instanceof Action.AcquireLocks acquire) {
      return acquire.patience();
    }
    return action instanceof Action.ConvertGrant convert
        ? convert.patience()
        : Action.Patience.NONE;
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

  /** The same of an answer, which may speak of the session to which something was handed over. */
  static boolean answerEndsSession(RefusalReason reason) {
    return endsSession(reason) && reason != RefusalReason.UNKNOWN_SESSION;
  }

  static dev.holdfast.client.session.LossReason lossReason(LossReason reason) {
    return switch (reason) {
      case LOSS_FORCE_RELEASED -> dev.holdfast.client.session.LossReason.FORCE_RELEASED;
      case LOSS_LEASE_EXPIRED -> dev.holdfast.client.session.LossReason.LEASE_EXPIRED;
      case LOSS_UNSPECIFIED, UNRECOGNIZED -> dev.holdfast.client.session.LossReason.NOT_HELD;
    };
  }
}
