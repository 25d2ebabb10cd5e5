package dev.holdfast.client;

import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.watch.WatchDriver;
import dev.holdfast.client.watch.WatchMachine;
import dev.holdfast.client.watch.WatchNetwork;
import dev.holdfast.client.watch.WatchObserver;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Something that is being watched, until it is closed. It needs no session, has a connection of its
 * own, and goes on by itself at another node, from where it was, when one fails; its listener
 * notices nothing but a delay, or is told to look ({@link WatchListener#resync}).
 *
 * <p>Safe for use by many threads; nothing here blocks.
 */
public final class Watch implements AutoCloseable {
  private static final AtomicInteger LAST_WATCH = new AtomicInteger();

  private final WatchTarget target;
  private final WatchListener listener;
  private final Consumer<Watch> onEnd;
  private final Callbacks callbacks;
  private final WatchDriver driver;
  private volatile boolean closed;

  Watch(
      WatchTarget target,
      long fromRevision,
      WatchListener listener,
      List<String> endpoints,
      WatchNetwork network,
      Consumer<Watch> onEnd) {
    this.target = target;
    this.listener = listener;
    this.onEnd = onEnd;
    this.callbacks = new Callbacks(null, "holdfast-watch-" + LAST_WATCH.incrementAndGet());
    NanoClock clock = NanoClock.system();
    this.driver =
        new WatchDriver(
            network,
            clock,
            transport ->
                new WatchMachine(
                    endpoints,
                    false,
                    target.from(fromRevision),
                    RetryPolicy.DEFAULT,
                    clock,
                    RandomGenerator.getDefault(),
                    transport,
                    new Observer()));
  }

  void start() {
    driver.start();
  }

  /** What is watched. */
  public WatchTarget target() {
    return target;
  }

  /**
   * Ends the watch. A call of the listener that is under way goes on, and {@link
   * WatchListener#ended} follows; no event is told any more. Doing it twice does nothing.
   */
  @Override
  public void close() {
    closed = true;
    driver.close();
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public String toString() {
    return "watch of " + target;
  }

  /** From the network's thread to the listener's. */
  private final class Observer implements WatchObserver {
    @Override
    public void started(long revision) {
      tell(() -> listener.started(revision));
    }

    @Override
    public void happened(List<dev.holdfast.protocol.v1.LockEvent> events) {
      callbacks.run(
          () -> {
            for (var event : events) {
              if (!closed) {
                callbacks.tell(() -> listener.happened(LockEvents.of(event)));
              }
            }
            driver.taken();
          });
    }

    @Override
    public void passedOver(long revision) {
      tell(() -> listener.resync(revision));
    }

    private void tell(Runnable news) {
      callbacks.run(
          () -> {
            if (!closed) {
              callbacks.tell(news);
            }
            driver.taken();
          });
    }

    @Override
    public void disturbed(String why) {
      callbacks.run(
          () -> {
            if (!closed) {
              listener.disturbed(why);
            }
          });
    }

    @Override
    public void ended(@Nullable Refused refused) {
      HoldfastException problem =
          refused == null ? null : new LockRefusedException(Outcomes.refusal(refused));
      callbacks.run(() -> listener.ended(problem));
      callbacks.close();
      onEnd.accept(Watch.this);
    }
  }
}
