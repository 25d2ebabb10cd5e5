package dev.holdfast.cli.bench;

import java.util.concurrent.CompletableFuture;

/** What the workers load: locks, without threads. */
public interface BenchLocks {
  /**
   * Acquires a lock, waiting without limit.
   *
   * @param worker who asks, 0 to workers - 1
   * @return the fencing token; completed on a thread of the client library
   */
  CompletableFuture<Long> acquire(int worker);

  /**
   * Releases what the worker holds.
   *
   * @param worker who holds it
   * @param token its fencing token
   * @return completes when the release is acknowledged
   */
  CompletableFuture<Void> release(int worker, long token);
}
