package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.FencingToken;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Futures that tell of grants: whether they are completed, and whether they are let go. */
@SuppressWarnings("LockNotBeforeTry") // the end of the session releases what is locked
class GrantFuturesTest extends ClientTest {
  @Test
  void loss_is_told_to_a_thread_that_has_upgraded_since_it_asked() throws Exception {
    HoldfastReadWriteLock lock = holdfast.readWriteLock("x");
    lock.readLock().lock();
    CompletableFuture<GrantLoss> loss = lock.readLock().whenLost();
    lock.upgrade();
    FencingToken token = lock.writeLock().fencingToken();
    forceRelease(token);
    assertThat(get(loss).token()).isEqualTo(token);
  }

  @Test
  void grant_that_has_ended_keeps_nobody_who_waits_for_questions() throws Exception {
    LockGrant grant = holdfast.multiLock(new Demand("x", Mode.X)).acquire();
    grant.release();
    awaitLetGo(new WeakReference<>(grant.whenAskedToLetGo()));
    LockGrant lost = holdfast.multiLock(new Demand("x", Mode.X)).acquire();
    forceRelease(lost.token());
    get(lost.whenLost());
    awaitLetGo(new WeakReference<>(lost.whenAskedToLetGo()));
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
