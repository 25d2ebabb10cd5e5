package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who waits for grants that others hand over, and who does so no more. */
class ReceivedGrantsTest extends ClientTest {
  @Test
  void who_does_not_wait_for_a_grant_any_more_is_let_go() {
    CompletableFuture<LockGrant> given = holdfast.receive("worker");
    given.cancel(true);
    WeakReference<CompletableFuture<LockGrant>> kept = new WeakReference<>(given);
    given = holdfast.receive("worker");
    awaitLetGo(kept);
    assertThat(given).isNotDone();
  }

  private static void awaitLetGo(WeakReference<?> kept) {
    await()
        .until(
            () -> {
              System.gc();
              return kept.get() == null;
            });
  }
}
