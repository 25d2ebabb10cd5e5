package dev.holdfast.server.door.w0;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.server.config.DataSize;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.FakeCluster;
import dev.holdfast.server.door.FakeLoop;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.FakeLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire of the replicated map, byte for byte. */
class W0ConnectionTest {
  private static final String A = "0a0a0a0a-1111-4222-8333-444444444444";
  private static final String B = "0b0b0b0b-1111-4222-8333-444444444444";
  private static final String TRUE = "{\"result\": true}";
  private static final String FALSE = "{\"result\": false}";
  private static final String INVALID = "{\"result\": false, \"reason\": \"Invalid operation\"}";
  private static final String FREE = "{\"owner\": null}";

  private final FakeCluster cluster = new FakeCluster();
  private final FakeLoop loop = new FakeLoop();
  private W0Wire wire = wire(W0Settings.DEFAULT);

  private W0Wire wire(W0Settings settings) {
    return new W0Wire(settings, cluster, loop, OperationIds.random());
  }

  private final class Client {
    final FakeLink link = new FakeLink("127.0.0.1:5555");
    final Connection connection = wire.open(link);

    List<String> send(String text) {
      connection.onBytes(text.getBytes(StandardCharsets.UTF_8));
      return link.take();
    }

    String ask(String text) {
      List<String> answers = send(text);
      assertThat(answers).hasSize(1);
      return answers.get(0);
    }
  }

  private static String preempt(String lock, String client) {
    return request("preempt", lock, client);
  }

  private static String release(String lock, String client) {
    return request("release", lock, client);
  }

  private static String request(String action, String lock, String client) {
    return "{\"action\": \"%s\", \"lock_name\": \"%s\", \"client_id\": \"%s\"}"
        .formatted(action, lock, client);
  }

  private static String check(String lock) {
    return "{\"action\": \"check\", \"lock_name\": \"" + lock + "\"}";
  }

  private static String ownedBy(String client) {
    return "{\"owner\": \"" + client + "\"}";
  }

  /** S0-4, S0-3. */
  @Test
  void a_free_lock_is_preempted() {
    assertThat(new Client().ask(preempt("l", A))).isEqualTo(TRUE);
    assertThat(cluster.machine().lock("l", 0)).isNotNull();
    assertThat(new Client().ask(check("l"))).isEqualTo(ownedBy(A));
  }

  /** S0-5. */
  @Test
  void a_held_lock_is_refused_at_once_and_keeps_its_owner() {
    Client client = new Client();
    client.ask(preempt("l", A));
    assertThat(client.ask(preempt("l", B))).isEqualTo(FALSE);
    assertThat(client.ask(preempt("l", A))).isEqualTo(FALSE);
    assertThat(client.ask(check("l"))).isEqualTo(ownedBy(A));
  }

  /** S0-6, S0-10, S0-21. */
  @Test
  void the_owner_releases_and_the_lock_is_free() {
    Client client = new Client();
    client.ask(preempt("l", A));
    assertThat(client.ask(release("l", A))).isEqualTo(TRUE);
    assertThat(client.ask(check("l"))).isEqualTo(FREE);
  }

  /** S0-7. */
  @Test
  void whoever_is_not_the_owner_is_refused_with_a_reason() {
    Client client = new Client();
    client.ask(preempt("l", A));
    assertThat(client.ask(release("l", B))).isEqualTo(INVALID);
    assertThat(client.ask(check("l"))).isEqualTo(ownedBy(A));
  }

  /** S0-8. */
  @Test
  void the_release_of_an_unknown_lock_is_refused() {
    assertThat(new Client().ask(release("never", A))).isEqualTo(INVALID);
  }

  /** S0-9: a question needs no client id, and shows owners that came through other doors. */
  @Test
  void anybody_may_check_whoever_owns_the_lock() {
    String other = "99999999-1111-4222-8333-444444444444";
    acquireElsewhere(other, "elsewhere");
    assertThat(new Client().ask(check("elsewhere"))).isEqualTo(ownedBy(other));
    assertThat(new Client().ask(release("elsewhere", A))).isEqualTo(INVALID);
    assertThat(new Client().ask(preempt("elsewhere", A))).isEqualTo(FALSE);
  }

  private void acquireElsewhere(String clientId, String lock) {
    Runnable _ =
        cluster.request(
            new DoorClient("other/" + clientId, clientId, "another door", 30_000, 0),
            ByteString.copyFromUtf8("0123456789abcdef"),
            Request.newBuilder()
                .setAcquire(
                    Acquire.newBuilder()
                        .setOwner("main")
                        .addDemands(
                            Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X)))
                .build(),
            _ -> {});
  }

  /** S0-13: what is no UUID is no client; any UUID in text is, whichever way it is written. */
  @Test
  void a_client_id_is_a_uuid() {
    Client client = new Client();
    assertThat(client.ask(preempt("l", "me"))).contains("\"reason\": \"client_id is not a UUID\"");
    assertThat(client.ask(preempt("l", A.substring(1)))).contains("is not a UUID");
    assertThat(client.ask(preempt("l", A.toUpperCase(java.util.Locale.ROOT)))).isEqualTo(TRUE);
  }

  /** S0-16. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "{\"action\" \"check\"}",
        "{\"action\": \"check\", \"lock_name\": }",
        "{}",
        "{\"action\": 5}",
        "{\"action\": \"check\"}",
        "{\"action\": \"check\", \"lock_name\": 5}",
        "{\"action\": \"preempt\", \"lock_name\": \"l\"}",
        "{\"action\": \"preempt\", \"client_id\": \"" + A + "\"}",
        "{\"action\": \"check, \"lock_name\": \"l}\n",
        "[1, 2]",
        "\u0000\u0001\u0002",
        "}}}}",
        "{\"a\": \"\n",
      })
  void what_is_no_request_gets_an_answer_and_the_connection_goes_on(String bad) {
    Client client = new Client();
    client.ask(preempt("l", A));
    assertThat(client.ask(bad)).startsWith("{\"result\": false, \"reason\": \"");
    assertThat(client.ask(check("l"))).isEqualTo(ownedBy(A));
    assertThat(client.link.isClosed()).isFalse();
  }

  /** S0-17. */
  @Test
  void what_servers_said_to_each_other_is_refused_from_a_client() {
    Client client = new Client();
    assertThat(
            client.ask("{\"action\": \"update\", \"lock_map\": {\"l\": \"" + A + "\"}, \"x\": 1}"))
        .isEqualTo(INVALID);
    assertThat(client.ask(check("l"))).isEqualTo(FREE);
  }

  /** S0-18. */
  @Test
  void an_unknown_action_is_an_invalid_operation() {
    assertThat(new Client().ask("{\"action\": \"foo\"}")).isEqualTo(INVALID);
    assertThat(new Client().ask(request("foo", "l", A))).isEqualTo(INVALID);
  }

  /** S0-21, S0-16: no framing. */
  @Test
  void requests_come_in_pieces_and_several_at_a_time() {
    String all = preempt("{[\\\"}", A) + check("{[\\\"}") + "\r\n \t" + release("{[\\\"}", A);
    List<String> expected = List.of(TRUE, ownedBy(A), TRUE);
    assertThat(new Client().send(all)).isEqualTo(expected);
    Client slow = new Client();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < all.length(); i++) {
      answers.addAll(slow.send(all.substring(i, i + 1)));
    }
    assertThat(answers).isEqualTo(expected);
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("W0ConnectionTest seed " + seed);
    Random random = new Random(seed);
    Client client = new Client();
    answers.clear();
    for (int at = 0; at < all.length(); ) {
      int end = Math.min(all.length(), at + 1 + random.nextInt(40));
      answers.addAll(client.send(all.substring(at, end)));
      at = end;
    }
    assertThat(answers).as("seed " + seed).isEqualTo(expected);
  }

  /** S0-16: names of any length and any bytes. */
  @Test
  void long_and_odd_names_are_names() {
    Client client = new Client();
    for (String name :
        List.of("n".repeat(512), "a/b", "100%", "\\u0001", "\\ud800", "e\\u0301", "", "\\\"")) {
      assertThat(client.ask(preempt(name, A))).as(name).isEqualTo(TRUE);
      assertThat(client.ask(check(name))).as(name).isEqualTo(ownedBy(A));
      assertThat(client.ask(release(name, A))).as(name).isEqualTo(TRUE);
    }
    assertThat(client.ask(preempt("n".repeat(513), A))).contains("lock_name is too long");
    assertThat(client.ask(preempt("/".repeat(200), A))).contains("lock_name is too long");
  }

  /** S0-16. */
  @Test
  void an_oversized_request_is_read_to_its_end_and_refused() {
    Client client = new Client();
    String large = preempt("x".repeat(200_000), A);
    List<String> answers = new ArrayList<>();
    for (int at = 0; at < large.length(); at += 1_000) {
      answers.addAll(client.send(large.substring(at, Math.min(large.length(), at + 1_000))));
    }
    assertThat(answers).hasSize(1).first().asString().contains("longer than 65536 bytes");
    assertThat(client.ask(check("l"))).isEqualTo(FREE);
  }

  /** S0-16. */
  @Test
  void half_a_request_is_refused_after_a_while() {
    Client client = new Client();
    assertThat(client.send("{\"action\": \"check\", \"lock")).isEmpty();
    loop.advance(4_999);
    assertThat(client.link.take()).isEmpty();
    loop.advance(1);
    assertThat(client.link.take()).hasSize(1).first().asString().contains("not complete");
    assertThat(client.ask(check("l"))).isEqualTo(FREE);
  }

  /** S0-16: a client that dies in the middle of something. */
  @Test
  void an_abrupt_end_harms_nobody() {
    Client dying = new Client();
    Client other = new Client();
    cluster.holdBack();
    dying.send(preempt("l", A) + preempt("m", A) + "{\"action\": \"pre");
    dying.connection.onClosed();
    cluster.tellAll();
    assertThat(other.ask(check("l"))).isEqualTo(ownedBy(A));
    assertThat(other.ask(check("m"))).isEqualTo(FREE);
    assertThat(wire.sessions.size()).isZero();
    assertThat(loop.timers()).isZero();
  }

  /** S0-21: a client that says that it will say no more still hears all answers. */
  @Test
  void the_end_of_the_input_is_the_end_after_the_last_answer() {
    Client client = new Client();
    cluster.holdBack();
    client.send(preempt("l", A) + check("l"));
    client.connection.onInputEnd();
    assertThat(client.link.isClosed()).isFalse();
    cluster.tellAll();
    assertThat(client.link.take()).containsExactly(TRUE, ownedBy(A));
    assertThat(client.link.isClosed()).isTrue();
  }

  /** S0-19: a client that sends faster than it is served is not read meanwhile. */
  @Test
  void who_has_many_requests_waiting_is_not_read() {
    Client client = new Client();
    cluster.holdBack();
    client.send(check("l").repeat(100));
    assertThat(client.link.isReading()).isFalse();
    cluster.tellAll();
    assertThat(client.link.take()).hasSize(100).containsOnly(FREE);
    assertThat(client.link.isReading()).isTrue();
  }

  /** S0-27. */
  @Test
  void a_refusal_tells_the_owner_if_that_is_configured() {
    W0Settings d = W0Settings.DEFAULT;
    wire =
        wire(
            new W0Settings(
                true,
                null,
                d.idleLease(),
                d.check(),
                true,
                d.requestBytesMax(),
                d.pieceWait(),
                d.connectionsMax()));
    Client client = new Client();
    client.ask(preempt("l", A));
    assertThat(client.ask(preempt("l", B)))
        .isEqualTo("{\"result\": false, \"owner\": \"" + A + "\"}");
  }

  /** S1-2. */
  @Test
  void check_answers_without_a_leader_if_it_is_local() {
    new Client().ask(preempt("l", A));
    cluster.loseLeader();
    assertThat(new Client().ask(check("l"))).contains("\"reason\": \"No answer now: NO_LEADER\"");
    wire =
        wire(
            new W0Settings(
                true,
                null,
                Duration.ofSeconds(30),
                W0Settings.Check.LOCAL,
                false,
                new DataSize(1_000),
                Duration.ofSeconds(1),
                10));
    assertThat(new Client().ask(check("l"))).isEqualTo(ownedBy(A));
  }

  /** A client that was told "not taken" must not hold the lock. */
  @Test
  void a_preempt_of_unknown_outcome_is_undone() {
    Client client = new Client();
    cluster.loseAnswers();
    cluster.holdBack();
    client.send(preempt("l", A));
    cluster.recover();
    cluster.tellAll();
    assertThat(client.link.take()).hasSize(1).first().asString().contains("not known");
    assertThat(client.ask(check("l"))).isEqualTo(FREE);
    assertThat(client.ask(preempt("l", B))).isEqualTo(TRUE);
  }

  /** However long it takes until the cluster can tell: the connection keeps the session. */
  @Test
  void a_preempt_of_unknown_outcome_is_undone_also_after_minutes() {
    Client client = new Client();
    cluster.loseAnswers();
    assertThat(client.ask(preempt("l", A))).contains("not known");
    // Without a leader the cluster's clock stands still.
    loop.advance(120_000);
    cluster.recover();
    loop.advance(10_000, cluster);
    assertThat(client.ask(check("l"))).isEqualTo(FREE);
    assertThat(client.ask(preempt("l", A))).isEqualTo(TRUE);
  }

  /**
   * The session lasts while a connection is open that spoke for it, and the idle lease after it.
   */
  @Test
  void a_lock_lasts_while_its_client_is_connected_and_thirty_seconds_longer() {
    Client first = new Client();
    Client second = new Client();
    first.ask(preempt("l", A));
    second.ask(release("other", A));
    loop.advance(100_000, cluster);
    first.connection.onClosed();
    loop.advance(100_000, cluster);
    assertThat(new Client().ask(check("l"))).isEqualTo(ownedBy(A));
    second.connection.onClosed();
    loop.advance(29_900, cluster);
    assertThat(new Client().ask(check("l"))).isEqualTo(ownedBy(A));
    loop.advance(200, cluster);
    assertThat(new Client().ask(check("l"))).isEqualTo(FREE);
    assertThat(loop.timers()).isZero();
  }

  /** A client that comes back, here or at another node, is the same client. */
  @Test
  void a_client_that_connects_again_is_still_the_owner() {
    Client before = new Client();
    before.ask(preempt("l", A));
    before.connection.onClosed();
    loop.advance(20_000, cluster);
    wire = wire(W0Settings.DEFAULT);
    Client again = new Client();
    assertThat(again.ask(preempt("l", A))).isEqualTo(FALSE);
    loop.advance(60_000, cluster);
    assertThat(again.ask(release("l", A))).isEqualTo(TRUE);
  }

  /** S0-20, S0-19, as far as one thread goes: random clients against a plain map. */
  @Test
  void random_requests_answer_as_a_plain_map_does() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("W0ConnectionTest seed " + seed);
    Random random = new Random(seed);
    List<Client> clients = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(new Client());
      ids.add(new UUID(random.nextLong(), random.nextLong()).toString());
    }
    var owners = new java.util.HashMap<String, String>();
    for (int i = 0; i < 5_000; i++) {
      String lock = "k" + random.nextInt(5);
      int who = random.nextInt(5);
      String id = ids.get(who);
      String owner = owners.get(lock);
      Client client = clients.get(who);
      switch (random.nextInt(3)) {
        case 0 -> {
          String expected = owner == null ? TRUE : FALSE;
          owners.putIfAbsent(lock, id);
          assertThat(client.ask(preempt(lock, id))).as("seed " + seed).isEqualTo(expected);
        }
        case 1 -> {
          boolean own = id.equals(owner);
          owners.remove(lock, id);
          assertThat(client.ask(release(lock, id)))
              .as("seed " + seed)
              .isEqualTo(own ? TRUE : INVALID);
        }
        default ->
            assertThat(client.ask(check(lock)))
                .as("seed " + seed)
                .isEqualTo(owner == null ? FREE : ownedBy(owner));
      }
    }
  }
}
