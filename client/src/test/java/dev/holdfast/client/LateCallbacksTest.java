package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.FencingToken;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What happens between an answer and the callback that tells of it. */
class LateCallbacksTest extends ClientTest {
  /** Runs callbacks at once, or later when it is told to. */
  private static final class LateExecutor implements Executor {
    final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    volatile boolean late;

    @Override
    public void execute(Runnable task) {
      if (late) {
        waiting.add(task);
      } else {
        task.run();
      }
    }

    void catchUp() {
      late = false;
      for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
        task.run();
      }
    }
  }

  @Test
  void loss_is_told_after_a_conversion_that_was_granted_and_cancelled_before_it_was_told()
      throws Exception {
    LateExecutor executor = new LateExecutor();
    try (Holdfast client = client().callbackExecutor(executor).connect()) {
      LockGrant reader = client.multiLock(new Demand("x", Mode.S)).acquire();
      FencingToken before = reader.token();
      CompletableFuture<GrantLoss> loss = reader.whenLost();
      executor.late = true;
      CompletableFuture<LockGrant> upgrade = reader.convertAsync(Conversion.to("x", Mode.X));
      await().until(() -> !executor.waiting.isEmpty());
      upgrade.cancel(true);
      executor.catchUp();
      await().until(() -> !reader.token().equals(before));
      assertThat(reader.isHeld()).isTrue();
      forceRelease(reader.token());
      assertThat(get(loss).token()).isEqualTo(reader.token());
    }
  }
}
