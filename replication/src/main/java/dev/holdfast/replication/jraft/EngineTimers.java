package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.core.TimerManager;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's timers, without its wheel.
 *
 * <p>The engine's own timer is a wheel with a thread of its own that wakes up every millisecond,
 * three or four of them in each node, which costs an idle node some per cent of a core. These wake
 * up when something is due.
 */
@SPI(priority = 100)
public final class EngineTimers implements RaftTimerFactory {
  private static final Logger log = LoggerFactory.getLogger(EngineTimers.class);

  @Override
  public Timer getElectionTimer(boolean shared, String name) {
    return createTimer(name);
  }

  @Override
  public Timer getVoteTimer(boolean shared, String name) {
    return createTimer(name);
  }

  @Override
  public Timer getStepDownTimer(boolean shared, String name) {
    return createTimer(name);
  }

  @Override
  public Timer getSnapshotTimer(boolean shared, String name) {
    return createTimer(name);
  }

  @Override
  public Scheduler getRaftScheduler(boolean shared, int workers, String name) {
    return createScheduler(workers, name);
  }

  @Override
  public Timer createTimer(String name) {
    return new SleepingTimer(name);
  }

  @Override
  public Scheduler createScheduler(int workers, String name) {
    return new CoarseScheduler(workers, name);
  }

  /**
   * The replicators' heartbeats. What is due within the same few milliseconds runs at once, a
   * little early: then the heartbeats to all followers leave together, and an idle leader wakes up
   * once for all of them.
   */
  private static final class CoarseScheduler extends TimerManager {
    private static final long GRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    CoarseScheduler(int workers, String name) {
      super(workers, name);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      long nanos = unit.toNanos(delay);
      long early = Math.floorMod(System.nanoTime() + nanos, GRAIN_NANOS);
      return super.schedule(command, Math.max(0, nanos - early), TimeUnit.NANOSECONDS);
    }
  }

  private static final class SleepingTimer implements Timer {
    private final ScheduledThreadPoolExecutor executor;

    SleepingTimer(String name) {
      executor =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
              });
      executor.setRemoveOnCancelPolicy(true);
      // The thread exists only while something is due; most of a node's timers never run.
      executor.setKeepAliveTime(5, TimeUnit.SECONDS);
      executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
      SleepingTimeout timeout = new SleepingTimeout(this, task);
      try {
        timeout.future.set(executor.schedule(timeout, delay, unit));
      } catch (RejectedExecutionException e) {
        // The node is being stopped; a task that never runs is what it wants.
        timeout.cancel();
      }
      return timeout;
    }

    /** Does not wait for a task that runs, since that may wait for a lock of the caller. */
    @Override
    public Set<Timeout> stop() {
      executor.shutdownNow();
      return Set.of();
    }
  }

  private enum State {
    WAITING,
    CANCELLED,
    EXPIRED
  }

  /** The engine needs to know for certain whether a cancellation came before the run. */
  private static final class SleepingTimeout implements Timeout, Runnable {
    private final SleepingTimer timer;
    private final TimerTask task;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final AtomicReference<Future<?>> future = new AtomicReference<>();

    SleepingTimeout(SleepingTimer timer, TimerTask task) {
      this.timer = timer;
      this.task = task;
    }

    @Override
    public void run() {
      if (state.compareAndSet(State.WAITING, State.EXPIRED)) {
        try {
          task.run(this);
        } catch (Exception e) {
          log.error("A timer's task failed", e);
        }
      }
    }

    @Override
    public Timer timer() {
      return timer;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      return state.get() == State.EXPIRED;
    }

    @Override
    public boolean isCancelled() {
      return state.get() == State.CANCELLED;
    }

    @Override
    public boolean cancel() {
      if (!state.compareAndSet(State.WAITING, State.CANCELLED)) {
        return false;
      }
      Future<?> scheduled = future.get();
      if (scheduled != null) {
        scheduled.cancel(false);
      }
      return true;
    }
  }
}
