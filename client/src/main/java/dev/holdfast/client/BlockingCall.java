package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call whose caller waits for it. The result changes hands in one atomic step: either the caller
 * takes it, or the caller has left and the machine undoes it, never both, never neither.
 */
final class BlockingCall extends Call {
  private static final int PENDING = 0;
  private static final int DELIVERED = 1;
  private static final int LEFT = 2;

  private final CallDesk desk;
  private final Consumer<CallResult> keeping;
  private final Thread waiter = Thread.currentThread();
  private final AtomicInteger handover = new AtomicInteger(PENDING);
  private @Nullable CallResult result;

  BlockingCall(CallDesk desk, Action action, long deadlineNanos, WhenLate whenLate) {
    this(desk, action, deadlineNanos, whenLate, result -> {});
  }

  /**
   * A call of the calling thread.
   *
   * @param keeping gets the result on the session's thread before anybody else: what other threads
   *     learn from later answers, they learn after it
   */
  BlockingCall(
      CallDesk desk,
      Action action,
      long deadlineNanos,
      WhenLate whenLate,
      Consumer<CallResult> keeping) {
    super(action, deadlineNanos, whenLate);
    this.desk = desk;
    this.keeping = keeping;
  }

  @Override
  protected boolean deliver(CallResult delivered) {
    result = delivered;
    keeping.accept(delivered);
    boolean taken = handover.compareAndSet(PENDING, DELIVERED);
    if (taken) {
      LockSupport.unpark(waiter);
    }
    return taken;
  }

  /**
   * Makes the call and waits, whatever interrupts come; the thread's flag is set again afterwards.
   */
  CallResult await() {
    desk.requireOtherThread();
    desk.submit(this);
    boolean interrupted = false;
    while (handover.get() == PENDING) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      waiter.interrupt();
    }
    return taken();
  }

  /** Makes the call and waits; an interrupt that comes before the result takes the call back. */
  CallResult awaitInterruptibly() throws InterruptedException {
    desk.requireOtherThread();
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before the lock was asked for");
    }
    desk.submit(this);
    while (handover.get() == PENDING) {
      LockSupport.park(this);
      if (waiter.isInterrupted() && handover.compareAndSet(PENDING, LEFT)) {
        Thread.interrupted();
        desk.abandon(this);
        throw new InterruptedException(
            "interrupted while waiting for the cluster; the request is taken back");
      }
    }
    return taken();
  }

  private CallResult taken() {
    CallResult delivered = result;
    if (delivered == null) {
      throw new IllegalStateException("a call was delivered without a result");
    }
    return delivered;
  }
}
