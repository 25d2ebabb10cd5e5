package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.storage.LogManager;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The engine's pool, with a queue, and with a shorter way for new entries: when the engine's thread
 * that takes proposals wakes the replicators, they send on that very thread.
 *
 * <p>The engine wakes a replicator after it has let go of its log's lock. The proposing thread then
 * still has the lock of the node, and takes that of the replicator: the order in which the engine
 * takes them elsewhere too. A task that comes out of a replicator which is sending is not run in
 * its midst, since the replicator, and perhaps the log, is locked then.
 */
final class EnginePool extends ThreadPoolExecutor {
  private static final String PROPOSING_THREAD = "JRaft-NodeImpl-Disruptor-";

  /** The engine names no type for its wake-ups; they are the tasks of its log. */
  private static final String WAKE_UP = LogManager.class.getPackageName() + ".impl.LogManagerImpl";

  private static final long IDLE_SECONDS = 10;

  private final ThreadLocal<Boolean> sending = ThreadLocal.withInitial(() -> false);

  EnginePool(int size, ThreadFactory threads) {
    super(size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
  }

  @Override
  public Future<?> submit(Runnable task) {
    if (!isWakeUp(task) || sending.get()) {
      return super.submit(task);
    }
    // Keeps what the task throws, as the pool would: the engine must go on to write the entries.
    FutureTask<?> run = new FutureTask<>(task, null);
    sending.set(true);
    run.run();
    sending.set(false);
    return run;
  }

  private static boolean isWakeUp(Runnable task) {
    return Thread.currentThread().getName().startsWith(PROPOSING_THREAD)
        && task.getClass().getName().startsWith(WAKE_UP);
  }
}
