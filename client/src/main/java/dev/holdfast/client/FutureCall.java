package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.protocol.v1.QueueNews;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A call whose result goes to a future. If the user completes the future first (cancels it, or lets
 * it time out), the call is taken back, or what it brought is released.
 */
final class FutureCall<T> extends Call {
  private static final int PENDING = 0;
  private static final int DELIVERED = 1;
  private static final int LEFT = 2;

  private final CallDesk desk;
  private final Function<CallResult, T> meaning;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final AtomicInteger handover = new AtomicInteger(PENDING);

  private FutureCall(
      CallDesk desk,
      Action action,
      long deadlineNanos,
      WhenLate whenLate,
      Function<CallResult, T> meaning) {
    super(action, deadlineNanos, whenLate);
    this.desk = desk;
    this.meaning = meaning;
  }

  /**
   * Makes a call.
   *
   * @param meaning from the result to the future's value; a HoldfastException makes the future fail
   */
  static <T> CompletableFuture<T> make(
      CallDesk desk,
      Action action,
      long deadlineNanos,
      WhenLate whenLate,
      Function<CallResult, T> meaning) {
    return made(new FutureCall<>(desk, action, deadlineNanos, whenLate, meaning));
  }

  /**
   * The same, and tells where the request stands while it waits.
   *
   * @param news called on the session's thread
   */
  static <T> CompletableFuture<T> make(
      CallDesk desk,
      Action action,
      long deadlineNanos,
      WhenLate whenLate,
      Function<CallResult, T> meaning,
      Consumer<QueueNews> news) {
    FutureCall<T> call = new FutureCall<>(desk, action, deadlineNanos, whenLate, meaning);
    call.wantNews(news);
    return made(call);
  }

  private static <T> CompletableFuture<T> made(FutureCall<T> call) {
    var unused = call.future.whenComplete((value, failure) -> call.maybeLeave());
    call.desk.submit(call);
    return call.future;
  }

  @Override
  protected boolean deliver(CallResult result) {
    if (!handover.compareAndSet(PENDING, DELIVERED)) {
      return false;
    }
    desk.callback(() -> complete(desk, future, meaning, result));
    return true;
  }

  private void maybeLeave() {
    if (handover.compareAndSet(PENDING, LEFT)) {
      desk.abandon(this);
    }
  }

  /** Completes a future; if it is too late for that, gives back what was granted. */
  static <T> void complete(
      CallDesk desk,
      CompletableFuture<T> future,
      Function<CallResult, T> meaning,
      CallResult result) {
    boolean inTime;
    try {
      inTime = future.complete(meaning.apply(result));
    } catch (RuntimeException failure) {
      future.completeExceptionally(failure);
      return;
    }
    if (!inTime) {
      desk.undo(result);
    }
  }
}
