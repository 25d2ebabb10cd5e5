package dev.holdfast.client.watch;

import dev.holdfast.client.session.NanoClock;
import dev.holdfast.protocol.v1.WatchFrame;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Drives one {@link WatchMachine} on the network's thread. Decides nothing. */
public final class WatchDriver implements WatchNetwork.StreamEvents {
  private static final Logger LOG = System.getLogger("dev.holdfast.client");

  private final ScheduledExecutorService loop;
  private final NanoClock clock;
  private final WatchMachine machine;
  private @Nullable Future<?> wake;
  private boolean broken;

  /**
   * Makes a machine and drives it, once {@link #start} was called.
   *
   * @param network where it lives
   * @param clock the machine's
   * @param machines makes the machine for its transport
   */
  public WatchDriver(
      WatchNetwork network, NanoClock clock, Function<WatchTransport, WatchMachine> machines) {
    this.loop = network.loop();
    this.clock = clock;
    this.machine = machines.apply(network.watchTransport(this));
  }

  /** Lets the machine act for the first time. */
  public void start() {
    post(() -> {});
  }

  /** The observer has dealt with what it was told last. */
  public void taken() {
    post(machine::taken);
  }

  /** Ends the watch, soon. */
  public void close() {
    post(machine::close);
  }

  @Override
  public void frameArrived(int stream, WatchFrame frame) {
    post(() -> machine.frameArrived(stream, frame));
  }

  @Override
  public void streamClosed(int stream, String why) {
    post(() -> machine.streamClosed(stream, why));
  }

  private void post(Runnable event) {
    try {
      loop.execute(() -> run(event));
    } catch (RejectedExecutionException closed) {
      run(event); // the network is closed, and nobody else is left to do it
    }
  }

  /** Guarded for the one case in which the loop has ended and its last event still runs. */
  private synchronized void run(Runnable event) {
    if (broken) {
      return;
    }
    try {
      event.run();
      machine.advance();
      scheduleWake();
    } catch (RuntimeException | Error bug) {
      broken = true;
      LOG.log(
          Level.ERROR, "a watch is given up because of a bug in the client; please report it", bug);
      machine.close();
    }
  }

  private void scheduleWake() {
    if (wake != null) {
      wake.cancel(false);
      wake = null;
    }
    long nextNanos = machine.nextWakeNanos();
    if (nextNanos == Long.MAX_VALUE) {
      return;
    }
    try {
      long delayNanos = Math.max(0, nextNanos - clock.nanoTime());
      wake = loop.schedule(() -> run(() -> {}), delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException ended) {
      wake = null; // with the loop, the watch's time is over
    }
  }
}
