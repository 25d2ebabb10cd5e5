package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.session.SessionState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SuppressWarnings(
    "LockNotBeforeTry") // locking is what is looked at here, and a failed test ends its cluster
class HoldfastTest extends ClientTest {
  @Test
  void thousand_clients_come_and_go_and_leave_no_thread() throws Exception {
    int before = holdfastThreads();
    for (int i = 0; i < 1_000; i++) {
      try (Holdfast client = client().connect()) {
        if (i % 10 == 0) {
          client.lock("x").lock();
        }
      }
    }
    Set<Long> sessions = cluster.ask(each -> each.sessionIds());
    assertThat(sessions).hasSize(1);
    assertThat(grantCount()).isZero();
    await().until(() -> holdfastThreads() <= before + 1);
  }

  private static int holdfastThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("holdfast-session"))
            .count();
  }

  @Test
  void close_fails_who_waits_and_forbids_more() throws Exception {
    Holdfast client = client().connect();
    client.lock("x").lock();
    CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> client.lock("x").lock());
    await().until(() -> waitingCount() == 1);
    Session session = client.session();
    client.close();
    assertThatThrownBy(() -> waiter.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SessionExpiredException.class);
    assertThat(session.state()).isEqualTo(SessionState.CLOSED);
    assertThat(session.whenLost()).isNotDone();
    assertThatThrownBy(() -> client.lock("y").lock()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.lock("x").unlock()).isInstanceOf(LockLostException.class);
    assertThat(grantCount()).isZero();
    client.close();
  }

  @Test
  void close_is_bounded_when_nobody_answers() {
    Holdfast client = client().closeTimeout(Duration.ofMillis(100)).connect();
    cluster.freeze(true);
    long beginNanos = System.nanoTime();
    client.close();
    assertThat(System.nanoTime() - beginNanos).isLessThan(TimeUnit.SECONDS.toNanos(3));
  }

  @Test
  void connect_fails_in_time_when_nobody_answers() {
    cluster.freeze(true);
    assertThatThrownBy(() -> client().openTimeout(Duration.ofMillis(100)).connect())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("100 ms");
  }

  @Test
  void blocking_on_the_sessions_thread_is_refused() throws Exception {
    try (Holdfast client = client().callbackExecutor(Runnable::run).connect()) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      holdfast.lock("a").lock();
      var _ =
          client
              .async()
              .acquire(AcquireRequest.of("a", Mode.X))
              .thenCompose(
                  grant -> {
                    try {
                      grant.release();
                    } catch (IllegalStateException refused) {
                      thrown.complete(refused);
                    }
                    assertThat(grant.isHeld()).isTrue();
                    return grant.releaseAsync();
                  });
      holdfast.lock("a").unlock();
      assertThat(thrown.get(5, TimeUnit.SECONDS)).hasMessageContaining("must not wait");
      await().until(() -> grantCount() == 0);
    }
  }

  @Test
  void client_id_is_made_from_user_information_in_the_documented_form() {
    UUID id = ClientId.of("ada", "engine", 42, "00112233445566778899aabbccddeeff");
    assertThat(id).isEqualTo(ClientId.of("ada", "engine", 42, "00112233445566778899aabbccddeeff"));
    assertThat(id).hasToString("d1cc31f5-a0a3-8fbb-85df-a3292669c4e6");
    assertThat(id.version()).isEqualTo(8);
    assertThat(id.variant()).isEqualTo(2);
    Set<UUID> many = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(ClientId.create());
    }
    assertThat(many).hasSize(10_000);
    assertThat(holdfast.clientId().version()).isEqualTo(8);
  }

  @Test
  void endpoints_are_read_as_people_write_them() {
    assertThat(EndpointList.parse("a, b:1 ,[::1]:2,::1,a"))
        .isEqualTo(List.of("a:5470", "b:1", "[::1]:2", "[::1]:5470"));
    for (String wrong : List.of("", ",", "a:0", "a:65536", "a:b", ":1", "http://a:1")) {
      assertThatThrownBy(() -> EndpointList.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void settings_out_of_range_are_refused() {
    HoldfastBuilder builder = Holdfast.builder();
    assertThatThrownBy(() -> builder.sessionTtl(Duration.ofMillis(99)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.requestTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.label("x".repeat(257)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.locksMax(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new RetryPolicy(Duration.ofMillis(1), 1, Duration.ofMillis(1), 2, 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void every_reason_of_the_wire_has_its_constant() {
    for (dev.holdfast.protocol.v1.RefusalReason reason :
        dev.holdfast.protocol.v1.RefusalReason.values()) {
      if (reason != dev.holdfast.protocol.v1.RefusalReason.UNRECOGNIZED
          && reason.getNumber() != 0) {
        assertThat(RefusalReason.of(reason.getNumber()).name()).isEqualTo(reason.name());
      }
    }
    assertThat(RefusalReason.of(999)).isEqualTo(RefusalReason.OTHER);
  }
}
