package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import org.jspecify.annotations.Nullable;

/** A call of a worker, who may leave before its result comes. */
final class AppCall extends Call {
  /** Hears the result in the client's thread. */
  @FunctionalInterface
  interface Receiver {
    void received(CallResult result);
  }

  private final Action asked;
  private final Receiver receiver;
  private @Nullable CallResult result;
  private boolean left;

  AppCall(Action action, long deadlineNanos, WhenLate whenLate, Receiver receiver) {
    super(action, deadlineNanos, whenLate);
    this.asked = action;
    this.receiver = receiver;
  }

  Action asked() {
    return asked;
  }

  boolean isSettled() {
    return result != null;
  }

  void leave() {
    left = true;
  }

  @Override
  protected boolean deliver(CallResult delivered) {
    if (result != null) {
      throw new RuleBroken(
          Rule.EXACTLY_ONCE, "a call was answered twice: " + result + ", then " + delivered);
    }
    result = delivered;
    if (left) {
      return false;
    }
    receiver.received(delivered);
    return true;
  }
}
