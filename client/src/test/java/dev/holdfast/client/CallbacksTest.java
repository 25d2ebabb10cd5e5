package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallbacksTest {
  @Test
  void interrupt_that_one_callback_leaves_behind_does_not_reach_the_next() throws Exception {
    CompletableFuture<Void> bothAreQueued = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    try (Callbacks callbacks = new Callbacks(null, "callbacks")) {
      callbacks.run(
          () -> {
            bothAreQueued.join();
            Thread.currentThread().interrupt();
          });
      callbacks.run(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
      bothAreQueued.complete(null);
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isFalse();
    }
  }
}
