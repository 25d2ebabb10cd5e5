package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.util.ThreadPoolsFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What must be set once in a process before the engine's classes are loaded.
 *
 * <p>The engine hands its wake-ups and callbacks to pools without a queue, which throw work away
 * when all their threads are busy; a replicator that is not woken stalls. The pool of our group is
 * replaced by one with a queue. Two others cannot be replaced, so they may grow further than they
 * ever will.
 */
final class EngineDefaults {
  /** All nodes of a process share it, and the pool with it; clusters are told apart by addresses. */
  static final String GROUP = "holdfast";

  private static final int POOL_THREADS = Math.max(6, Runtime.getRuntime().availableProcessors());

  private static boolean applied;

  private EngineDefaults() {}

  static synchronized void apply() {
    if (applied) {
      return;
    }
    setDefault("jraft.rpc.closure.threadpool.size.max", "1024");
    setDefault("jraft.internal.closure.threadpool.size.max", "1024");
    setDefault("jraft.closure.threadpool.size.max", "1024");
    ThreadPoolsFactory.registerThreadPool(GROUP, newPool());
    applied = true;
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static ThreadPoolExecutor newPool() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            POOL_THREADS,
            POOL_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "holdfast-engine-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
