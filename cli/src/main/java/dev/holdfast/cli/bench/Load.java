package dev.holdfast.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop: every worker acquires, releases, and begins again at once. Workers are chains of
 * callbacks, not threads, so that what is measured is the service and not the scheduler of this
 * machine.
 */
public final class Load {
  private final BenchSettings settings;
  private final BenchLocks locks;
  private final Meter meter;
  private final Turns turns;

  private final Recorder acquireNanos = new Recorder(3);
  private final LongAdder pairs = new LongAdder();
  private final CountDownLatch running;
  private final CountDownLatch failed = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stopping;

  /**
   * Prepares the load; nothing runs yet.
   *
   * @param settings what to run
   * @param locks what to load
   * @param meter what it costs
   */
  public Load(BenchSettings settings, BenchLocks locks, Meter meter) {
    this.settings = settings;
    this.locks = locks;
    this.meter = meter;
    this.turns = new Turns(settings.workers());
    this.running = new CountDownLatch(settings.workers());
  }

  /**
   * Runs all of it: warm-up, then window after window; at the end every worker releases what it
   * holds.
   *
   * @param progress told of each window when it is over
   * @return what was measured
   * @throws InterruptedException interrupted; the workers stop
   * @throws java.util.concurrent.CompletionException a request failed; a benchmark with errors
   *     measures nothing
   */
  public BenchResult run(Consumer<Window> progress) throws InterruptedException {
    for (int i = 0; i < settings.workers(); i++) {
      Worker worker = new Worker(i);
      worker.begin();
    }
    List<Window> windows = new ArrayList<>();
    Histogram gaps = new Histogram(3);
    try {
      hold(settings.warmUp());
      turns.takeGaps();
      Reading before = read();
      for (int i = 0; i < settings.windows(); i++) {
        hold(settings.window());
        Reading after = read();
        Window window = between(before, after);
        windows.add(window);
        progress.accept(window);
        before = after;
      }
      gaps = turns.takeGaps();
    } finally {
      stopping = true;
    }
    running.await(30, TimeUnit.SECONDS);
    return new BenchResult(settings, windows, gaps);
  }

  private void hold(Duration length) throws InterruptedException {
    if (failed.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new java.util.concurrent.CompletionException(failure.get());
    }
  }

  private record Reading(
      long atNanos,
      long pairs,
      Histogram acquireNanos,
      long serverCpu,
      long clientCpu,
      long entries) {}

  private Reading read() {
    return new Reading(
        System.nanoTime(),
        pairs.sum(),
        acquireNanos.getIntervalHistogram(),
        meter.serverCpuNanos(),
        meter.clientCpuNanos(),
        meter.entriesProposed());
  }

  private static Window between(Reading before, Reading after) {
    return new Window(
        after.atNanos - before.atNanos,
        after.pairs - before.pairs,
        after.acquireNanos,
        grown(before.serverCpu, after.serverCpu),
        grown(before.clientCpu, after.clientCpu),
        grown(before.entries, after.entries));
  }

  private static long grown(long before, long after) {
    return before < 0 || after < 0 ? -1 : after - before;
  }

  private void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    failed.countDown();
  }

  /** One worker. Its steps follow each other, on whatever thread completes the last one. */
  private final class Worker {
    private final int number;

    Worker(int number) {
      this.number = number;
    }

    /** Goes on as long as answers are there already; otherwise the answer's callback goes on. */
    void begin() {
      while (true) {
        if (stopping) {
          running.countDown();
          return;
        }
        long startedNanos = System.nanoTime();
        CompletableFuture<Void> pair =
            locks.acquire(number).thenCompose(token -> granted(startedNanos, token));
        if (!pair.isDone()) {
          var _ = pair.whenComplete((nothing, problem) -> ended(problem));
          return;
        }
        if (pair.isCompletedExceptionally()) {
          ended(pair.exceptionNow());
          return;
        }
        pairs.increment();
      }
    }

    private CompletableFuture<Void> granted(long startedNanos, long token) {
      acquireNanos.recordValue(System.nanoTime() - startedNanos);
      turns.taken(number);
      return locks.release(number, token);
    }

    private void ended(@Nullable Throwable problem) {
      if (problem != null) {
        fail(problem);
        running.countDown();
        return;
      }
      pairs.increment();
      begin();
    }
  }
}
