package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call that remembers its result, and whose caller may leave. */
final class TestCall extends Call {
  @Nullable CallResult result;
  boolean left;
  int deliveries;

  TestCall(Action action, long deadlineNanos, WhenLate whenLate) {
    super(action, deadlineNanos, whenLate);
  }

  static TestCall lock(String owner, String lock) {
    return new TestCall(
        locks(owner, lock, LockMode.LOCK_MODE_X, Action.Patience.ENDLESS, 0), NEVER, WhenLate.UNDO);
  }

  static TestCall lockUntil(String owner, String lock, long deadlineNanos) {
    return new TestCall(
        locks(owner, lock, LockMode.LOCK_MODE_X, Action.Patience.LIMITED, 0),
        deadlineNanos,
        WhenLate.UNDO);
  }

  static TestCall preempt(String owner, String lock, long deadlineNanos) {
    return new TestCall(
        locks(owner, lock, LockMode.LOCK_MODE_X, Action.Patience.NONE, 0),
        deadlineNanos,
        WhenLate.DOUBT);
  }

  static TestCall lease(String owner, String lock, long leaseMillis) {
    return new TestCall(
        locks(owner, lock, LockMode.LOCK_MODE_X, Action.Patience.ENDLESS, leaseMillis),
        NEVER,
        WhenLate.UNDO);
  }

  static TestCall release(long token, long deadlineNanos) {
    return new TestCall(new Action.ReleaseGrant(token), deadlineNanos, WhenLate.DOUBT);
  }

  static Action locks(
      String owner, String lock, LockMode mode, Action.Patience patience, long leaseMillis) {
    return new Action.AcquireLocks(
        owner,
        List.of(Demand.newBuilder().setLock(lock).setMode(mode).build()),
        patience,
        leaseMillis);
  }

  HeldGrant grant() {
    if (result instanceof CallResult.Granted granted) {
      return granted.grant();
    }
    throw new AssertionError("not granted: " + result);
  }

  long unknownSequence() {
    if (result instanceof CallResult.Unknown unknown) {
      return unknown.sequence();
    }
    throw new AssertionError("not unknown: " + result);
  }

  @Override
  protected boolean deliver(CallResult delivered) {
    deliveries++;
    if (left) {
      return false;
    }
    result = delivered;
    return true;
  }
}
