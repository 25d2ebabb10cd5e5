package dev.holdfast.client.fake;

import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.Transport;
import dev.holdfast.protocol.v1.ClientFrame;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An event loop without a thread: whoever calls {@link #drain} is it. What is scheduled for later
 * never comes, and streams carry nothing, unless a test says otherwise.
 */
public class ManualLoop extends AbstractExecutorService
    implements ScheduledExecutorService, Network, Transport {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean shut;

  /** Runs what is there, and what comes of it, until there is nothing. */
  public void drain() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    if (shut) {
      throw new RejectedExecutionException("the loop has ended");
    }
    tasks.add(task);
  }

  @Override
  public void shutdown() {
    shut = true;
  }

  /** Takes no more, and forgets what it has. */
  @Override
  public List<Runnable> shutdownNow() {
    shut = true;
    tasks.clear();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shut;
  }

  @Override
  public boolean isTerminated() {
    return shut;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shut;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    if (shut) {
      throw new RejectedExecutionException("the loop has ended");
    }
    return new Later(command);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledExecutorService loop() {
    return this;
  }

  @Override
  public Transport transport(StreamEvents events) {
    return this;
  }

  @Override
  public void close() {
    shutdownNow();
  }

  @Override
  public void open(int stream, String endpoint) {}

  @Override
  public void send(int stream, ClientFrame frame) {}

  @Override
  public void drop(int stream) {}

  /** Something for later, which never comes. */
  private static final class Later extends FutureTask<Object> implements ScheduledFuture<Object> {
    Later(Runnable command) {
      super(command, new Object());
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return Long.MAX_VALUE;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }
}
