package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A call whose result goes to a future. If the user completes the future first (cancels it, or lets
 * it time out), the call is taken back, or what it brought is released.
 */
final class FutureCall<T> extends Call {
  private static final int PENDING = 0;
  private static final int DELIVERED = 1;
  private static final int LEFT = 2;

  private final LiveSession session;
  private final Function<CallResult, T> meaning;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final AtomicInteger handover = new AtomicInteger(PENDING);

  private FutureCall(
      LiveSession session,
      Action action,
      long deadlineNanos,
      WhenLate whenLate,
      Function<CallResult, T> meaning) {
    super(action, deadlineNanos, whenLate);
    this.session = session;
    this.meaning = meaning;
  }

  /**
   * Makes a call.
   *
   * @param meaning from the result to the future's value; a HoldfastException makes the future fail
   */
  static <T> CompletableFuture<T> make(
      LiveSession session,
      Action action,
      long deadlineNanos,
      WhenLate whenLate,
      Function<CallResult, T> meaning) {
    FutureCall<T> call = new FutureCall<>(session, action, deadlineNanos, whenLate, meaning);
    var unused = call.future.whenComplete((value, failure) -> call.maybeLeave());
    session.submit(call);
    return call.future;
  }

  @Override
  protected boolean deliver(CallResult result) {
    if (!handover.compareAndSet(PENDING, DELIVERED)) {
      return false;
    }
    session.callback(() -> complete(session, future, meaning, result));
    return true;
  }

  private void maybeLeave() {
    if (handover.compareAndSet(PENDING, LEFT)) {
      session.abandon(this);
    }
  }

  /** Completes a future; if it is too late for that, gives back what was granted. */
  static <T> void complete(
      LiveSession session,
      CompletableFuture<T> future,
      Function<CallResult, T> meaning,
      CallResult result) {
    boolean inTime;
    try {
      inTime = future.complete(meaning.apply(result));
    } catch (HoldfastException certain) {
      future.completeExceptionally(certain);
      return;
    }
    if (!inTime && result instanceof CallResult.Granted granted) {
      session.releaseInBackground(granted.grant());
    }
  }
}
