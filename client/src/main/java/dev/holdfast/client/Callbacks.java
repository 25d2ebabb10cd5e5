package dev.holdfast.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs what belongs to users away from the session's thread: futures' dependents and listeners. */
final class Callbacks implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.holdfast.client");
  private static final long IDLE_SECONDS = 10;

  private final Executor executor;
  private final @Nullable ExecutorService own;

  /** On the given executor, or on a thread of that name, which is there only while it has work. */
  Callbacks(@Nullable Executor given, String threadName) {
    if (given != null) {
      executor = given;
      own = null;
      return;
    }
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, threadName);
              thread.setDaemon(true);
              return thread;
            });
    one.allowCoreThreadTimeOut(true);
    executor = one;
    own = one;
  }

  void run(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException stopped) {
      task.run(); // somebody may be waiting for it: late on the wrong thread is better than never
    }
  }

  /** Calls a listener; what it throws is its own problem, and ends up in the log. */
  void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException thrown) {
      LOG.log(Level.WARNING, "a session listener has thrown", thrown);
    }
  }

  /** Takes no more; what is queued is still run. */
  @Override
  public void close() {
    if (own != null) {
      own.shutdown();
    }
  }
}
