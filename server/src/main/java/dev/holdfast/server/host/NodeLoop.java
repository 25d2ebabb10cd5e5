package dev.holdfast.server.host;

import dev.holdfast.server.node.NodeCore;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The one thread that drives a node: it runs what was handed in, in order, until nothing waits,
 * lets the node settle, and sleeps until something is handed in or the node wants to be woken.
 */
public final class NodeLoop implements Executor, AutoCloseable {
  /** After so many events the node settles although more wait. */
  private static final int EVENTS_PER_SETTLE_MAX = 10_000;

  private static final long SLEEP_NANOS_MAX = 1_000_000_000;

  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final NodeCore core;
  private final Consumer<Throwable> onBug;
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;

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
    thread.start();
  }

  /** Hands in an event; never waits. */
  @Override
  public void execute(Runnable event) {
    events.add(event);
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  /** Ends the thread after the event that it runs. What waits is dropped. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    try {
      while (!closed) {
        runEvents();
        core.settle();
        sleep();
      }
    } catch (RuntimeException | Error e) {
      onBug.accept(e);
    }
  }

  private void runEvents() {
    for (int i = 0; i < EVENTS_PER_SETTLE_MAX; i++) {
      Runnable event = events.poll();
      if (event == null) {
        return;
      }
      event.run();
    }
  }

  private void sleep() {
    if (!events.isEmpty()) {
      return;
    }
    long nanos = Math.min(core.nanosUntilDue(), SLEEP_NANOS_MAX);
    asleep = true;
    // Whoever adds an event after this check sees `asleep` and wakes this thread.
    if (nanos > 0 && events.isEmpty() && !closed) {
      LockSupport.parkNanos(this, nanos);
    }
    asleep = false;
  }
}
