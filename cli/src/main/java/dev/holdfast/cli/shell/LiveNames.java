package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.Cluster;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockSummary;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The names of locks that are held or waited for, asked of a node's own map. A person waits for
 * them with a finger on a key, so they come soon or not at all. For one thread at a time.
 */
final class LiveNames implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMillis(400);
  private static final int NAMES_MAX = 100;

  private final Invocation invocation;
  private final ExecutorService asker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("holdfast-lock-names").factory());
  // Used by the asker's thread only.
  private @Nullable Cluster cluster;

  LiveNames(Invocation invocation) {
    this.invocation = invocation;
  }

  /**
   * Names that begin so, in their order; none if no node answers at once.
   *
   * @param prefix what was typed
   */
  List<String> beginning(String prefix) {
    Future<List<String>> asked = asker.submit(() -> ask(prefix));
    try {
      return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException noAnswer) {
      asked.cancel(true);
      return List.of();
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private List<String> ask(String prefix) {
    Cluster known = cluster;
    if (known == null) {
      known = invocation.connect(invocation.endpoints(), PATIENCE);
      cluster = known;
    }
    try {
      return known.locks(prefix, "", NAMES_MAX, Consistency.LOCAL).locks().stream()
          .map(LockSummary::lock)
          .toList();
    } catch (HoldfastException noAnswer) {
      return List.of();
    }
  }

  @Override
  public void close() {
    asker.execute(
        () -> {
          Cluster known = cluster;
          if (known != null) {
            known.close();
          }
        });
    asker.shutdown();
  }
}
