package dev.holdfast.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadTest {
  private final ExecutorService answering = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() {
    answering.shutdownNow();
  }

  private static BenchSettings settings(Workload workload, int workers) {
    return new BenchSettings(workload, workers, 1, Duration.ofMillis(20), 3, Duration.ofMillis(30));
  }

  /** Costs that grow by a fixed step with each reading. */
  private static final class StepMeter implements Meter {
    private long readings;

    @Override
    public long serverCpuNanos() {
      return ++readings * 1_000_000;
    }

    @Override
    public long clientCpuNanos() {
      return -1;
    }

    @Override
    public long entriesProposed() {
      return readings * 10;
    }
  }

  /** One fair lock in memory; answers come on another thread. */
  private final class SharedLock implements BenchLocks {
    private final Queue<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private final AtomicLong tokens = new AtomicLong();
    private boolean held;

    @Override
    public CompletableFuture<Long> acquire(int worker) {
      CompletableFuture<Long> granted = new CompletableFuture<>();
      answering.execute(
          () -> {
            waiting.add(granted);
            grantNext();
          });
      return granted;
    }

    @Override
    public CompletableFuture<Void> release(int worker, long token) {
      return CompletableFuture.runAsync(
          () -> {
            held = false;
            grantNext();
          },
          answering);
    }

    private void grantNext() {
      CompletableFuture<Long> next = held ? null : waiting.poll();
      if (next != null) {
        held = true;
        next.complete(tokens.incrementAndGet());
      }
    }
  }

  @Test
  void a_lock_that_answers_at_once_does_not_overflow_the_stack() throws Exception {
    BenchLocks immediate =
        new BenchLocks() {
          @Override
          public CompletableFuture<Long> acquire(int worker) {
            return CompletableFuture.completedFuture(1L);
          }

          @Override
          public CompletableFuture<Void> release(int worker, long token) {
            return CompletableFuture.runAsync(() -> {}, answering);
          }
        };
    BenchResult result =
        new Load(settings(Workload.W1, 1), immediate, new StepMeter()).run(window -> {});
    assertThat(result.windows()).hasSize(3).allMatch(window -> window.pairs() > 0);
  }

  @Test
  void a_fair_lock_goes_round_evenly() throws Exception {
    List<Window> told = new ArrayList<>();
    BenchResult result =
        new Load(settings(Workload.W2, 8), new SharedLock(), new StepMeter()).run(told::add);
    assertThat(told).isEqualTo(result.windows());
    assertThat(result.turnGaps().getValueAtPercentile(50)).isEqualTo(8);
    Window window = result.windows().get(0);
    assertThat(window.serverCpuNanos()).isEqualTo(1_000_000);
    assertThat(window.entries()).isEqualTo(10);
    assertThat(window.clientCpuMicrosPerPair()).isNaN();
    assertThat(window.commitsPerPair()).isEqualTo(10.0 / window.pairs());
    assertThat(window.acquireNanos().getTotalCount()).isPositive();
  }

  @Test
  void an_error_ends_the_benchmark() {
    BenchLocks broken =
        new BenchLocks() {
          @Override
          public CompletableFuture<Long> acquire(int worker) {
            return CompletableFuture.failedFuture(new IllegalStateException("no"));
          }

          @Override
          public CompletableFuture<Void> release(int worker, long token) {
            return CompletableFuture.completedFuture(null);
          }
        };
    Load load = new Load(settings(Workload.W1, 4), broken, new StepMeter());
    assertThatThrownBy(() -> load.run(window -> {}))
        .isInstanceOf(CompletionException.class)
        .hasStackTraceContaining("no");
  }

  @Test
  void settings_under_which_nothing_can_be_measured_are_refused() {
    assertThatThrownBy(() -> settings(Workload.W1, 0)).hasMessageContaining("workers must be 1");
    assertThatThrownBy(
            () -> new BenchSettings(Workload.W1, 2, 3, Duration.ZERO, 1, Duration.ofSeconds(1)))
        .hasMessageContaining("clients");
    assertThatThrownBy(
            () -> new BenchSettings(Workload.W1, 2, 1, Duration.ZERO, 0, Duration.ofSeconds(1)))
        .hasMessageContaining("windows");
    assertThatThrownBy(() -> new BenchSettings(Workload.W1, 2, 1, Duration.ZERO, 1, Duration.ZERO))
        .hasMessageContaining("window");
  }
}
