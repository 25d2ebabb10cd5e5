package dev.holdfast.server.door.w1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.server.door.FakeCluster;
import dev.holdfast.server.door.FakeLoop;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.plain.PlainLocks;
import dev.holdfast.server.door.tcp.FakeLink;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire of one object a connection and bare words. */
class W1ConnectionTest {
  private static final String A = "0a0a0a0a-1111-4222-8333-444444444444";
  private static final String B = "0b0b0b0b-1111-4222-8333-444444444444";
  private static final String SECRET = "sixteen letters!";

  private final FakeCluster cluster = new FakeCluster();
  private final FakeLoop loop = new FakeLoop();
  private W1Settings settings = W1Settings.DEFAULT;
  private int stops;

  private W1Connection open(FakeLink link) {
    return new W1Connection(
        settings, new PlainLocks(cluster, OperationIds.random(), "w1"), loop, () -> stops++, link);
  }

  /** The one answer, after which the connection is closed. */
  private String ask(String text) {
    FakeLink link = new FakeLink("127.0.0.1:7777");
    W1Connection connection = open(link);
    connection.onBytes(text.getBytes(StandardCharsets.UTF_8));
    assertThat(link.isClosed()).as("closed after the answer").isTrue();
    connection.onClosed();
    assertThat(loop.timers()).isZero();
    return String.join("", link.take());
  }

  private String operate(String operation, String key, String client) {
    return ask(
        "{\"type\": \"client\", \"op\": \"%s\", \"args\": {\"lock_key\": \"%s\", \"client_id\": \"%s\"}}"
            .formatted(operation, key, client));
  }

  /** S1-6. */
  @Test
  void try_lock_and_try_unlock_are_true_or_false() {
    assertThat(operate("try_lock", "k", A)).isEqualTo("true");
    assertThat(operate("try_lock", "k", B)).isEqualTo("false");
    assertThat(operate("try_lock", "k", A)).isEqualTo("false");
    assertThat(operate("try_unlock", "k", B)).isEqualTo("false");
    assertThat(operate("try_unlock", "k", A)).isEqualTo("true");
    assertThat(operate("try_unlock", "k", A)).isEqualTo("false");
  }

  /** S1-6. */
  @Test
  void own_the_lock_asks_whether_it_is_mine() {
    operate("try_lock", "k", A);
    assertThat(operate("own_the_lock", "k", A)).isEqualTo("true");
    assertThat(operate("own_the_lock", "k", B)).isEqualTo("false");
    assertThat(operate("own_the_lock", "free", A)).isEqualTo("false");
  }

  /** S1-7. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"client\", \"op\": \"steal\", \"args\": {}}",
        "{\"type\": \"follower\"}",
        "{\"type\": \"client\", \"op\": \"try_lock\"}",
        "{\"type\": \"client\", \"op\": \"try_lock\", \"args\": {\"lock_key\": \"k\"}}",
        "{\"type\": \"client\", \"op\": \"try_lock\", \"args\": {\"lock_key\": 1, \"client_id\": 2}}",
        "{\"type\": 1}",
        "{}",
        "nonsense",
        "[{}]",
        "{\"type\": }",
        "{\"type\": \"a\nb\"}",
      })
  void what_is_not_supported_is_null(String request) {
    assertThat(ask(request)).isEqualTo("null");
    assertThat(operate("try_lock", "k", A)).isEqualTo("true");
  }

  /** S1-7: a request in pieces, one that is never completed, one that is too long. */
  @Test
  void pieces_halves_and_giants_harm_nobody() {
    FakeLink slow = new FakeLink("127.0.0.1:1");
    W1Connection connection = open(slow);
    for (byte each : "{\"type\": \"nothing\"}".getBytes(StandardCharsets.UTF_8)) {
      connection.onBytes(new byte[] {each});
    }
    assertThat(slow.take()).containsExactly("null");
    FakeLink half = new FakeLink("127.0.0.1:2");
    open(half).onBytes("{\"type\": \"cl".getBytes(StandardCharsets.UTF_8));
    FakeLink silent = new FakeLink("127.0.0.1:3");
    var _ = open(silent);
    loop.advance(5_000);
    assertThat(half.take()).containsExactly("null");
    assertThat(half.isClosed()).isTrue();
    assertThat(silent.take()).isEmpty();
    assertThat(silent.isClosed()).isTrue();
    assertThat(operate("try_lock", "x".repeat(100_000), A)).isEqualTo("null");
    assertThat(operate("try_lock", "x".repeat(1_000), A)).isEqualTo("null");
  }

  /** S1-6: only the first object of a connection is a request. */
  @Test
  void what_comes_after_the_request_is_not_looked_at() {
    assertThat(ask("{\"type\": \"x\"}{\"type\": \"y\"}")).isEqualTo("null");
  }

  /** S1-13. */
  @Test
  void close_is_refused_unless_it_has_the_secret() {
    assertThat(ask("{\"type\": \"close\"}")).isEqualTo("null");
    assertThat(ask("{\"type\": \"close\", \"args\": {\"secret\": \"\"}}")).isEqualTo("null");
    settings =
        new W1Settings(
            true,
            null,
            settings.idleLease(),
            SECRET,
            settings.requestBytesMax(),
            settings.pieceWait(),
            10);
    assertThat(ask("{\"type\": \"close\"}")).isEqualTo("null");
    assertThat(ask("{\"type\": \"close\", \"args\": {\"secret\": \"wrong\"}}")).isEqualTo("null");
    assertThat(stops).isZero();
    assertThat(ask("{\"type\": \"close\", \"args\": {\"secret\": \"" + SECRET + "\"}}"))
        .isEqualTo("true");
    assertThat(stops).isOne();
    assertThat(settings.toString()).doesNotContain(SECRET);
    assertThatThrownBy(
            () ->
                new W1Settings(
                    true,
                    null,
                    settings.idleLease(),
                    "short",
                    settings.requestBytesMax(),
                    settings.pieceWait(),
                    10))
        .hasMessageContaining("close-secret");
  }

  /** S1-6: the idle lease begins again with each request. */
  @Test
  void a_lock_lasts_thirty_seconds_after_its_owners_last_request() {
    operate("try_lock", "k", A);
    for (int i = 0; i < 5; i++) {
      loop.advance(29_000, cluster);
      assertThat(operate("try_lock", "other", A)).isIn("true", "false");
    }
    assertThat(operate("own_the_lock", "k", A)).isEqualTo("true");
    loop.advance(30_100, cluster);
    assertThat(operate("own_the_lock", "k", A)).isEqualTo("false");
  }

  /** S1-6: a question, and an attempt that comes to nothing, are requests too. */
  @Test
  void who_only_asks_whether_he_has_the_lock_keeps_it() {
    operate("try_lock", "k", A);
    for (int i = 0; i < 5; i++) {
      loop.advance(29_000, cluster);
      assertThat(operate("own_the_lock", "k", A)).isEqualTo("true");
    }
    for (int i = 0; i < 3; i++) {
      loop.advance(29_000, cluster);
      assertThat(operate("own_the_lock", "free", A)).isEqualTo("false");
      loop.advance(29_000, cluster);
      assertThat(operate("try_unlock", "free", A)).isEqualTo("false");
    }
    assertThat(operate("own_the_lock", "k", A)).isEqualTo("true");
    assertThat(operate("own_the_lock", "k", B)).isEqualTo("false");
    loop.advance(30_100, cluster);
    assertThat(operate("own_the_lock", "k", A)).isEqualTo("false");
  }

  @Test
  void without_a_leader_nothing_is_claimed() {
    operate("try_lock", "k", A);
    cluster.loseLeader();
    assertThat(operate("try_lock", "l", A)).isEqualTo("false");
    assertThat(operate("own_the_lock", "k", A)).isEqualTo("null");
    assertThat(operate("try_unlock", "k", A)).isEqualTo("false");
  }
}
