package dev.holdfast.client.fake;

import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.Transport;
import dev.holdfast.protocol.v1.ClientFrame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A {@link FakeCluster} in real time, on a thread of its own, for tests of what users' threads see.
 */
public final class LiveCluster implements AutoCloseable {
  private final FakeCluster cluster;
  private final ScheduledThreadPoolExecutor node = daemon("fake-node");
  private final long beginNanos = System.nanoTime();
  private final AtomicBoolean silent = new AtomicBoolean();

  /** One whose nodes are {@code a:1} and {@code b:1}. */
  public LiveCluster() {
    this(List.of("a:1", "b:1"));
  }

  /**
   * A cluster.
   *
   * @param endpoints what its nodes tell clients
   */
  public LiveCluster(List<String> endpoints) {
    cluster = new FakeCluster(endpoints);
    var _ = node.scheduleAtFixedRate(this::tick, 0, 5, TimeUnit.MILLISECONDS);
  }

  /** Asks or does something to the cluster, between what happens in it. */
  public <T> T ask(Function<FakeCluster, T> question) {
    return later(question).join();
  }

  /** The same, without waiting. */
  public <T> CompletableFuture<T> later(Function<FakeCluster, T> question) {
    return CompletableFuture.supplyAsync(
        () -> {
          tick();
          return question.apply(cluster);
        },
        node);
  }

  /** Hears nothing and says nothing while this is on; its clock stands still. */
  public void freeze(boolean on) {
    ask(
        each -> {
          each.freeze(on);
          silent.set(on);
          return on;
        });
  }

  /** A client's thread and its way to this cluster. */
  public Network network() {
    return new LiveNetwork();
  }

  @Override
  public void close() {
    node.shutdownNow();
  }

  private void tick() {
    cluster.advanceTo(1_000_000 + (System.nanoTime() - beginNanos) / 1_000_000);
  }

  private static ScheduledThreadPoolExecutor daemon(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }

  private final class LiveNetwork implements Network {
    private final ScheduledThreadPoolExecutor loop = daemon("holdfast-session-fake");

    @Override
    public ScheduledExecutorService loop() {
      return loop;
    }

    @Override
    public Transport transport(StreamEvents events) {
      return new LiveTransport(events);
    }

    @Override
    public void close() {
      loop.shutdownNow();
    }
  }

  private final class LiveTransport implements Transport {
    private final Network.StreamEvents events;
    private final Map<Integer, FakeCluster.NodeStream> streams = new HashMap<>();

    LiveTransport(Network.StreamEvents events) {
      this.events = events;
    }

    @Override
    public void open(int stream, String endpoint) {
      streams.put(
          stream,
          cluster.connect(
              endpoint,
              frame -> {
                if (!silent.get()) {
                  events.frameArrived(stream, frame);
                }
              }));
    }

    @Override
    public void send(int stream, ClientFrame frame) {
      FakeCluster.NodeStream open = streams.get(stream);
      if (open == null) {
        return;
      }
      try {
        node.execute(
            () -> {
              tick();
              open.accept(frame);
            });
      } catch (RejectedExecutionException gone) {
        events.streamClosed(stream, "the cluster is gone");
      }
    }

    @Override
    public void drop(int stream) {
      streams.remove(stream);
    }
  }
}
