package dev.holdfast.server.host;

import dev.holdfast.server.node.NodeCore;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Drives a node, one thread at a time: whoever hands in an event while the node is idle runs it,
 * and what others hand in meanwhile, in order, until nothing waits, and lets the node settle after
 * each batch. So a request needs no change of threads on its way in and none on its way out. The
 * loop's own thread does what time alone demands, and goes on when a borrowed thread has done its
 * share.
 *
 * <p>An event may therefore run before {@link #execute} returns, on a thread of a connection or of
 * the log: whoever hands one in must hold no lock that a connection, the log or a peer's link
 * takes.
 */
public final class NodeLoop implements Executor, AutoCloseable {
  /** After so many events the node settles although more wait. */
  private static final int EVENTS_PER_SETTLE_MAX = 10_000;

  /** After so many batches a borrowed thread hands over: it has connections to look after. */
  private static final int BORROWED_BATCHES_MAX = 16;

  private static final long SLEEP_NANOS_MAX = 1_000_000_000;

  /** By how much a time must be earlier to be worth a wake-up. */
  private static final long EARLIER_NANOS_MIN = 100_000;

  /** A due node that another thread drives at this moment is looked at again after this. */
  private static final long BUSY_NANOS = 50_000;

  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean driven = new AtomicBoolean();
  private final NodeCore core;
  private final Consumer<Throwable> onBug;
  private final Thread thread;
  private volatile boolean started;
  private volatile boolean closed;

  /** When the node wants to be woken although nothing happens, by {@link System#nanoTime}. */
  private volatile long dueNanos;

  /** Until when the own thread sleeps at most. */
  private volatile long sleepUntilNanos;

  /**
   * A loop that does not run yet; events may be handed in already.
   *
   * @param onBug hears of anything that the node throws; the loop ends then
   */
  public NodeLoop(String nodeId, NodeCore core, Consumer<Throwable> onBug) {
    this.core = core;
    this.onBug = onBug;
    this.thread = Thread.ofPlatform().name("holdfast-node-" + nodeId).unstarted(this::run);
  }

  public void start() {
    dueNanos = System.nanoTime();
    started = true;
    thread.start();
  }

  /** Hands in an event, and runs it unless the node is being driven already. Never waits. */
  @Override
  public void execute(Runnable event) {
    events.add(event);
    if (!started) {
      return;
    }
    // Whoever drives looks at the queue again after it has let go, so nothing is left lying.
    for (int batches = 0; !closed && !events.isEmpty(); batches++) {
      if (batches == BORROWED_BATCHES_MAX) {
        wakeAt(System.nanoTime());
        return;
      }
      if (!maybeDrive()) {
        return;
      }
    }
  }

  /** Ends the thread after the event that it runs. What waits is dropped. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      if (events.isEmpty() && dueNanos - System.nanoTime() > 0) {
        sleep();
      } else if (!maybeDrive()) {
        // Another thread drives, and looks at the queue again; the time is looked at here.
        LockSupport.parkNanos(this, BUSY_NANOS);
      }
    }
  }

  private void sleep() {
    long now = System.nanoTime();
    long nanos = Math.min(dueNanos - now, SLEEP_NANOS_MAX);
    sleepUntilNanos = now + nanos;
    // Whoever sets an earlier time after this check sees until when this thread sleeps.
    nanos = Math.min(nanos, dueNanos - now);
    if (nanos > 0 && !closed) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  /** Runs a batch and lets the node settle, or returns false because another thread does. */
  private boolean maybeDrive() {
    if (!driven.compareAndSet(false, true)) {
      return false;
    }
    try {
      runEvents();
      core.settle();
      long nanos = Math.min(core.nanosUntilDue(), SLEEP_NANOS_MAX);
      // In this order, so that an unchanged time never looks earlier and wakes the thread in vain.
      wakeAt(System.nanoTime() + nanos);
    } catch (RuntimeException | Error e) {
      closed = true;
      onBug.accept(e);
    } finally {
      driven.set(false);
    }
    return true;
  }

  private void runEvents() {
    for (int i = 0; i < EVENTS_PER_SETTLE_MAX && !closed; i++) {
      Runnable event = events.poll();
      if (event == null) {
        return;
      }
      event.run();
    }
  }

  private void wakeAt(long nanos) {
    dueNanos = nanos;
    if (nanos - sleepUntilNanos < -EARLIER_NANOS_MIN && !Thread.currentThread().equals(thread)) {
      LockSupport.unpark(thread);
    }
  }
}
