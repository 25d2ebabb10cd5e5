package dev.holdfast.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs what belongs to users away from the session's thread: futures' dependents and listeners. On
 * the thread of this class they run one by one, in order; the thread is woken once for all that is
 * waiting.
 */
final class Callbacks implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.holdfast.client");
  private static final long IDLE_SECONDS = 10;

  private final @Nullable Executor given;
  private final ExecutorService own;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** On the given executor, or on a thread of that name, which is there only while it has work. */
  Callbacks(@Nullable Executor given, String threadName) {
    this(given, ownThread(threadName));
  }

  /** The same, with a single thread of somebody's making. */
  Callbacks(@Nullable Executor given, ExecutorService own) {
    this.given = given;
    this.own = own;
  }

  private static ExecutorService ownThread(String threadName) {
    ThreadPoolExecutor own =
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
    own.allowCoreThreadTimeOut(true);
    return own;
  }

  void run(Runnable task) {
    Executor executor = given;
    if (executor == null) {
      waiting.add(task);
      if (!scheduled.getAndSet(true)) {
        execute(own, this::runWaiting);
      }
    } else {
      execute(executor, () -> tell(task));
    }
  }

  private void runWaiting() {
    scheduled.set(false);
    boolean interruptedBefore = Thread.currentThread().isInterrupted();
    for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
      tell(task);
      if (!interruptedBefore) {
        // Whoever was told before may leave its thread interrupted, which is not the next one's.
        var unused = Thread.interrupted();
      }
    }
  }

  private static void execute(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RuntimeException notTaken) {
      task.run(); // somebody may be waiting for it: late on the wrong thread is better than never
    }
  }

  /**
   * Calls somebody's code; whatever it throws is its own problem, and ends up in the log. Neither
   * the callbacks behind it nor the session's thread, if this is it, have to suffer from it.
   */
  void tell(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error thrown) {
      LOG.log(Level.WARNING, "a callback has thrown", thrown);
    }
  }

  /** Takes no more; what is queued is still run. */
  @Override
  public void close() {
    own.shutdown();
  }
}
