package dev.holdfast.replication.jraft;

import dev.holdfast.replication.NodeId;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a node that are neither the engine's nor the transport's. */
final class NodeThreads {
  private static final Logger log = LoggerFactory.getLogger(NodeThreads.class);

  private static final int REQUEST_THREADS = 4;

  private final NodeId self;
  private final ScheduledExecutorService timer;
  private final ThreadPoolExecutor requests;
  private final ThreadPoolExecutor snapshots;

  NodeThreads(NodeId self) {
    this.self = self;
    this.timer = Executors.newSingleThreadScheduledExecutor(named("guard"));
    this.requests = pool(REQUEST_THREADS, "request");
    this.snapshots = pool(1, "snapshot");
  }

  /** With a queue, so that nothing is ever turned away; the threads go when there is no work. */
  private ThreadPoolExecutor pool(int threads, String role) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(role));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private ThreadFactory named(String role) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      int n = number.getAndIncrement();
      Thread thread = new Thread(task, "holdfast-" + role + "-" + self + (n == 0 ? "" : "-" + n));
      thread.setDaemon(true);
      return thread;
    };
  }

  /** For what is short and may wait for the disk, not for the engine. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** For requests of other nodes that need not be ordered. */
  Executor requests() {
    return requests;
  }

  /** For writing snapshots, one at a time. */
  Executor snapshots() {
    return snapshots;
  }

  /** Repeats a task until the node is closed, whatever it throws. */
  void every(long millis, Runnable task) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                log.error("A periodic task of {} failed", self, e);
              }
            },
            millis,
            millis,
            TimeUnit.MILLISECONDS);
  }

  /** Runs a task on the timer's thread, or not at all if the node is being closed. */
  void soon(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("{} is being closed", self);
    }
  }

  void stopTimer() {
    timer.shutdownNow();
  }

  void close() {
    timer.shutdownNow();
    requests.shutdown();
    snapshots.shutdown();
    await(requests);
    await(snapshots);
  }

  private static void await(ExecutorService executor) {
    try {
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        log.warn("A thread did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
