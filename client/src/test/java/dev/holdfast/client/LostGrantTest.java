package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is refused to somebody who holds a grant of a session that is over. */
@SuppressWarnings("LockNotBeforeTry") // it is lost, which is what is looked at here
class LostGrantTest extends ClientTest {
  private static void assertLost(ThrowingCallable call, LossReason reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            LockLostException.class, lost -> assertThat(lost.reason()).isEqualTo(reason));
  }

  private Holdfast shortLived() {
    return client().sessionTtl(Duration.ofMillis(500)).closeTimeout(Duration.ZERO).connect();
  }

  private void endSession(Holdfast client) {
    Session session = client.session();
    cluster.freeze(true);
    await().until(() -> session.state().isOver());
  }

  @Test
  void grant_says_that_it_was_lost_whatever_is_asked_of_it() throws Exception {
    try (Holdfast client = shortLived()) {
      LockGrant grant = client.multiLock(new Demand("files/x", Mode.X)).acquire();
      endSession(client);
      assertLost(() -> grant.setValue("files/x", new byte[1]), LossReason.SESSION_LOST);
      assertLost(() -> grant.extend(Duration.ofSeconds(1)), LossReason.SESSION_LOST);
      assertLost(() -> grant.convert(Conversion.to("files/x", Mode.S)), LossReason.SESSION_LOST);
      assertLost(() -> grant.handOver(new SessionId(1), "o"), LossReason.SESSION_LOST);
      assertLost(() -> client.files().append(grant, "x", new byte[1]), LossReason.SESSION_LOST);
      CompletableFuture<Throwable> later =
          grant.setValueAsync("files/x", null).handle((none, thrown) -> thrown);
      assertThat(later.get(5, TimeUnit.SECONDS)).isInstanceOf(LockLostException.class);
    }
  }

  @Test
  void thread_is_told_that_its_lock_was_lost_when_it_would_change_it() throws Exception {
    try (Holdfast client = shortLived()) {
      HoldfastReadWriteLock writing = client.readWriteLock("x");
      writing.writeLock().lock();
      HoldfastReadWriteLock reading = client.readWriteLock("y");
      reading.readLock().lock();
      endSession(client);
      assertLost(writing::downgrade, LossReason.SESSION_LOST);
      assertLost(reading::upgrade, LossReason.SESSION_LOST);
      assertLost(() -> reading.tryUpgrade(1, TimeUnit.SECONDS), LossReason.SESSION_LOST);
    }
  }

  @Test
  void grant_of_a_client_that_is_closed_is_lost() throws Exception {
    LockGrant grant;
    try (Holdfast client = client().connect()) {
      grant = client.multiLock(new Demand("x", Mode.X)).acquire();
    }
    assertLost(() -> grant.setValue("x", new byte[1]), LossReason.SESSION_CLOSED);
  }
}
