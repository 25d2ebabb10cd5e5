package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.HoldfastException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is told, on a thread of the client, until enough was told or nobody listens any
 * more; the command's own thread waits for its beginning and its end.
 */
final class Telling {
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
  private final CompletableFuture<Boolean> over = new CompletableFuture<>();

  void begin() {
    begun.complete(true);
  }

  boolean hasBegun() {
    return begun.isDone();
  }

  /** Enough was told. */
  void end() {
    over.complete(true);
  }

  /** There will be no more of it; null if nothing is wrong with that. */
  void ended(@Nullable HoldfastException problem) {
    if (problem != null) {
      begun.completeExceptionally(problem);
      over.completeExceptionally(problem);
    }
  }

  /**
   * Waits until it has begun.
   *
   * @param otherwise what is wrong if it has not by then
   */
  void awaitStart(long millis, Supplier<String> otherwise) {
    try {
      begun.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Failure(
          ExitCode.UNAVAILABLE, otherwise.get(), "is the cluster running? holdfast status", e);
    } catch (ExecutionException e) {
      throw ErrorReport.of(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  void awaitEnd() {
    try {
      over.get();
    } catch (ExecutionException e) {
      throw ErrorReport.of(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static Failure interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new Failure(ExitCode.INTERRUPTED, "interrupted", "", e);
  }
}
