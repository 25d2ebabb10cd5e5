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
import java.util.concurrent.atomic.AtomicInteger;
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

  /** How often it was asked that events be run, since it was last seen to. */
  private final AtomicInteger demands = new AtomicInteger();

  /** Whether {@link #wake} has come. */
  private final AtomicBoolean woken = new AtomicBoolean();

  private volatile boolean loopEnded;
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
    if (loopEnded) {
      run();
    } else if (!scheduled.getAndSet(true)) {
      try {
        loop.execute(this::run);
      } catch (RejectedExecutionException closed) {
        run();
      }
    }
  }

  /**
   * To be called when the loop has ended. It may have forgotten what it had been given, so that is
   * run now; and from now on whoever posts an event runs it. With the loop the session is over:
   * that is all that events find.
   */
  public void loopEnded() {
    loopEnded = true;
    run();
  }

  @Override
  public void frameArrived(int stream, NodeFrame frame) {
    post(() -> machine.frameArrived(stream, frame));
  }

  @Override
  public void streamClosed(int stream, String why) {
    post(() -> machine.streamClosed(stream, why));
  }

  /**
   * Runs what is there, unless somebody is doing so: whoever it is goes on for us. So nobody waits
   * here, two never run at a time, and an event that calls back is no event inside an event.
   */
  private void run() {
    if (demands.getAndIncrement() != 0) {
      return;
    }
    int met = 1;
    while (met != 0) {
      runner = Thread.currentThread().getId();
      try {
        step();
      } finally {
        runner = 0;
        met = demands.addAndGet(-met);
      }
    }
  }

  private void step() {
    try {
      scheduled.set(false);
      runBatch();
      machine.advance();
      scheduleWake();
    } catch (RuntimeException | Error bug) {
      // A machine whose state cannot be trusted must not go on to say that locks are held.
      LOG.log(
          Level.ERROR,
          "the session is given up because of a bug in the client; please report it",
          bug);
      machine.fail("a bug in the client, see its log: " + bug);
      post(() -> {}); // what is left of the batch has to learn of it
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
    if (woken.getAndSet(false)) {
      wake = null;
    }
    long nextNanos = machine.nextWakeNanos();
    if (nextNanos >= wakeAtNanos && wake != null) {
      return; // it wakes earlier than needed, and looks again
    }
    if (wake != null) {
      wake.cancel(false);
      wake = null;
    }
    wakeAtNanos = nextNanos;
    if (nextNanos != Long.MAX_VALUE) {
      long delayNanos = Math.max(0, nextNanos - clock.nanoTime());
      try {
        wake = loop.schedule(this::wake, delayNanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException ended) {
        wakeAtNanos = Long.MAX_VALUE; // with the loop, the session's time is over
      }
    }
  }

  private void wake() {
    woken.set(true);
    run();
  }
}
