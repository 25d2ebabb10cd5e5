package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.NodeFrame;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link SessionMachine} on the network's thread: events of all threads are queued and
 * run one by one, and after each batch the machine may act, so that all that was waiting leaves in
 * one frame. Decides nothing.
 *
 * <p>The network's thread is the one that reads and writes the sockets, so a request needs one
 * change of threads on the way out and one on the way back, the least that is possible.
 */
public final class SessionThread implements Network.StreamEvents {
  private static final Logger LOG = System.getLogger("dev.holdfast.client");

  /** Events run before the thread looks at its sockets again. */
  private static final int BATCH_MAX = 1_024;

  private final ScheduledExecutorService loop;
  private final NanoClock clock;
  private final SessionMachine machine;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private @Nullable Future<?> wake;
  private long wakeAtNanos = Long.MAX_VALUE;

  /** The id of the thread that is running events at this moment; 0 between batches. */
  private volatile long runner;

  /**
   * Makes a machine and drives it, once {@link #start} was called.
   *
   * @param network where it lives
   * @param clock the machine's
   * @param machines makes the machine for its transport
   */
  public SessionThread(
      Network network, NanoClock clock, Function<Transport, SessionMachine> machines) {
    this.loop = network.loop();
    this.clock = clock;
    this.machine = machines.apply(network.transport(this));
  }

  /** The machine; only what may be asked by any thread may be asked. */
  public SessionMachine machine() {
    return machine;
  }

  /** Lets the machine act for the first time. */
  public void start() {
    post(() -> {});
  }

  /** Whether this is the thread that must not be blocked. */
  public boolean isCurrentThread() {
    return Thread.currentThread().getId() == runner;
  }

  /**
   * Runs something on the machine's thread, soon.
   *
   * @param event may use the machine
   */
  public void post(Runnable event) {
    events.add(event);
    if (!scheduled.getAndSet(true)) {
      try {
        loop.execute(this::run);
      } catch (RejectedExecutionException closed) {
        run(); // the thread has ended, and with it the session: events only find that it is over
      }
    }
  }

  @Override
  public void frameArrived(int stream, NodeFrame frame) {
    post(() -> machine.frameArrived(stream, frame));
  }

  @Override
  public void streamClosed(int stream, String why) {
    post(() -> machine.streamClosed(stream, why));
  }

  private synchronized void run() {
    runner = Thread.currentThread().getId();
    try {
      scheduled.set(false);
      runBatch();
      machine.advance();
      scheduleWake();
    } catch (RuntimeException | AssertionError bug) {
      // A machine whose state cannot be trusted must not go on to say that locks are held.
      LOG.log(
          Level.ERROR,
          "the session is given up because of a bug in the client; please report it",
          bug);
      machine.fail("a bug in the client, see its log: " + bug);
    } finally {
      runner = 0;
    }
  }

  private void runBatch() {
    for (int i = 0; i < BATCH_MAX; i++) {
      Runnable event = events.poll();
      if (event == null) {
        return;
      }
      event.run();
    }
    post(() -> {});
  }

  private void scheduleWake() {
    long nextNanos = machine.nextWakeNanos();
    if (nextNanos >= wakeAtNanos && wake != null) {
      return; // it wakes earlier than needed, and looks again
    }
    if (wake != null) {
      wake.cancel(false);
      wake = null;
    }
    wakeAtNanos = nextNanos;
    if (nextNanos != Long.MAX_VALUE && !loop.isShutdown()) {
      long delayNanos = Math.max(0, nextNanos - clock.nanoTime());
      wake = loop.schedule(this::wake, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void wake() {
    synchronized (this) {
      wake = null;
      wakeAtNanos = Long.MAX_VALUE;
    }
    run();
  }
}
