package dev.holdfast.server.door.w2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.server.config.DataSize;
import dev.holdfast.server.door.FakeCluster;
import dev.holdfast.server.door.FakeLoop;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.FakeLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wire of typed commands, byte for byte. */
class W2ConnectionTest {
  private static final String ALREADY_HAD = "You have already had a Lock !";

  private final FakeCluster cluster = new FakeCluster();
  private final FakeLoop loop = new FakeLoop();
  private W2Wire wire = wire(W2Settings.DEFAULT, 0);

  private W2Wire wire(W2Settings settings, int place) {
    return new W2Wire(settings, place, cluster, loop, OperationIds.random());
  }

  private static W2Settings settings(int locksMax, boolean newline, Duration pieceWait) {
    return new W2Settings(
        true, null, Duration.ofSeconds(10), locksMax, 0, newline, new DataSize(64), pieceWait, 10);
  }

  private final class Client {
    final FakeLink link;
    final Connection connection;

    Client(int port) {
      link = new FakeLink("127.0.0.1:" + port);
      connection = wire.open(link);
    }

    Client() {
      this(5555);
    }

    void send(String text) {
      connection.onBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A command as the old clients send it: nothing ends it. */
    String ask(String command) {
      send(command);
      loop.advance(20);
      List<String> answers = link.take();
      assertThat(answers).hasSize(1);
      return answers.get(0);
    }
  }

  /** S2-3. */
  @Test
  void client_ids_are_those_of_the_node_and_all_different() {
    Set<String> seen = new HashSet<>();
    Client first = new Client();
    assertThat(first.ask("Client")).isEqualTo("Client id :50000");
    assertThat(first.ask("Client")).isEqualTo("Client id :50000");
    for (int i = 0; i < 1_000; i++) {
      assertThat(seen.add(new Client().ask("Client"))).isTrue();
    }
    wire = wire(W2Settings.DEFAULT, 2);
    assertThat(new Client().ask("Client")).isEqualTo("Client id :150000");
  }

  /** S2-3: an id is used again, but not soon, and never by two. */
  @Test
  void client_ids_come_round() {
    ClientNumbers numbers = new ClientNumbers(50_000);
    for (int i = 0; i < ClientNumbers.COUNT; i++) {
      assertThat(numbers.take()).isEqualTo(50_000 + i);
    }
    assertThatThrownBy(numbers::take).isInstanceOf(IllegalStateException.class);
    numbers.giveBack(77_777);
    assertThat(numbers.take()).isEqualTo(77_777);
  }

  /** S2-4. */
  @Test
  void followers_are_numbered_from_two() {
    assertThat(new Client().ask("Follower")).isEqualTo("Follower id :2");
    assertThat(new Client().ask("Follower")).isEqualTo("Follower id :3");
  }

  /** S2-8, S2-5. */
  @ParameterizedTest
  @CsvSource({"a", "my lock", "a/b", "Ärger", "名前", "100%", "%2F"})
  void a_free_lock_is_taken_whatever_its_name(String name) {
    assertThat(new Client().ask("Lock:" + name)).isEqualTo(name + ">>Lock Status");
    assertThat(new Client().ask("Status:" + name))
        .startsWith(name + ">>Lock Status\nOwner information: ");
  }

  /** S2-5. */
  @Test
  void a_colon_is_refused() {
    assertThat(new Client().ask("Lock:a:b")).contains("no ':'");
    assertThat(new Client().ask("Lock:a:99999")).contains("no ':'");
    assertThat(new Client().ask("Lock:")).contains("name of a lock");
    assertThat(new Client().ask("Lock:" + "n".repeat(513))).contains("too long");
  }

  /** S2-8: with one's own client id after the name. */
  @Test
  void the_own_client_id_may_follow_the_name() {
    Client client = new Client();
    assertThat(client.ask("Lock:a:50000")).isEqualTo("a>>Lock Status");
    assertThat(client.ask("Release:a")).isEqualTo("a>>Release Status");
  }

  /** S2-6. */
  @Test
  void a_client_has_one_lock() {
    Client client = new Client();
    client.ask("Lock:a");
    assertThat(client.ask("Lock:b")).isEqualTo(ALREADY_HAD);
    assertThat(client.ask("Lock:a")).isEqualTo(ALREADY_HAD);
    new Client().ask("Lock:c");
    assertThat(client.ask("Lock:c")).isEqualTo(ALREADY_HAD);
    assertThat(client.ask("Status:b")).isEqualTo("There isn't a lock named>>b");
    client.ask("Release:a");
    assertThat(client.ask("Lock:b")).isEqualTo("b>>Lock Status");
  }

  /** S2-6: the policy can be another. */
  @Test
  void a_client_has_as_many_locks_as_it_may() {
    wire = wire(settings(2, false, Duration.ofMillis(20)), 0);
    Client client = new Client();
    assertThat(client.ask("Lock:a")).isEqualTo("a>>Lock Status");
    assertThat(client.ask("Lock:b")).isEqualTo("b>>Lock Status");
    assertThat(client.ask("Lock:c")).isEqualTo(ALREADY_HAD);
  }

  /** S2-6, S2-7: what an operator has taken away is not had any more. */
  @Test
  void a_lock_that_was_taken_away_is_not_had_any_more() {
    Client client = new Client();
    client.ask("Lock:a");
    cluster.forceRelease("a");
    new Client().ask("Lock:a");
    assertThat(client.ask("Lock:a")).isEqualTo("a>>This name of Lock have existed.");
    assertThat(client.ask("Lock:b")).isEqualTo("b>>Lock Status");
    assertThat(client.ask("Lock:a")).isEqualTo(ALREADY_HAD);
  }

  /** S2-7. */
  @Test
  void a_held_name_exists() {
    new Client().ask("Lock:a");
    assertThat(new Client().ask("Lock:a")).isEqualTo("a>>This name of Lock have existed.");
  }

  /** S2-9. */
  @Test
  void releasing_has_three_answers() {
    Client client = new Client();
    assertThat(client.ask("Release:a")).isEqualTo("There isn't any lock.");
    client.ask("Lock:a");
    assertThat(new Client().ask("Release:a")).isEqualTo("You don't have a lock named>>a");
    assertThat(client.ask("Release:a")).isEqualTo("a>>Release Status");
    assertThat(client.ask("Release:a")).isEqualTo("There isn't any lock.");
  }

  /** S2-10. */
  @Test
  void status_tells_the_owner_with_address_and_port() {
    Client client = new Client(4711);
    assertThat(client.ask("Status:a")).isEqualTo("There isn't a lock named>>a");
    client.ask("Lock:a");
    assertThat(new Client().ask("Status:a"))
        .isEqualTo("a>>Lock Status\nOwner information: client 50000 at 127.0.0.1:4711");
  }

  @Test
  void commands_come_in_pieces_and_several_at_a_time() {
    Client client = new Client();
    client.send("Lo");
    loop.advance(19);
    client.send("ck:na");
    loop.advance(19);
    assertThat(client.ask("me")).isEqualTo("name>>Lock Status");
    client.send("Release:name\r\nLock:x\n\n\r\nStatus:y\nRel");
    assertThat(client.link.take())
        .containsExactly("name>>Release Status", "x>>Lock Status", "There isn't a lock named>>y");
    assertThat(client.ask("ease:x")).isEqualTo("x>>Release Status");
    wire = wire(settings(1, true, Duration.ZERO), 0);
    Client quick = new Client();
    quick.send("Lock:z");
    assertThat(quick.link.take()).containsExactly("z>>Lock Status\n");
  }

  @Test
  void what_is_no_command_is_answered_and_the_connection_goes_on() {
    wire = wire(settings(1, false, Duration.ofMillis(20)), 0);
    Client client = new Client();
    assertThat(client.ask("lock:a")).isEqualTo("There isn't such a command.");
    assertThat(client.ask("\u0000\u0001")).isEqualTo("There isn't such a command.");
    assertThat(client.ask("Lock:" + "n".repeat(60))).contains("64 bytes at most");
    client.send("x".repeat(10_000));
    assertThat(client.ask("x")).contains("64 bytes at most");
    assertThat(client.ask("Lock:a")).isEqualTo("a>>Lock Status");
    assertThat(client.link.isClosed()).isFalse();
  }

  /** S2-5: a name that is no text comes back as the bytes that it was. */
  @Test
  void a_name_in_bytes_is_a_name() {
    Client client = new Client();
    client.connection.onBytes(new byte[] {'L', 'o', 'c', 'k', ':', (byte) 0xFF, '\n'});
    assertThat(cluster.machine().locks("", "", 10)).hasSize(1);
    assertThat(cluster.machine().lock("%FF", 0)).isNotNull();
  }

  /** The connection is the session: its end gives the lock back at once. */
  @Test
  void the_end_of_the_connection_is_the_end_of_the_session() {
    Client client = new Client();
    client.ask("Lock:a");
    client.connection.onClosed();
    assertThat(new Client().ask("Lock:a")).isEqualTo("a>>Lock Status");
    assertThat(cluster.ends).isOne();
    Client polite = new Client();
    polite.ask("Lock:b");
    polite.connection.onInputEnd();
    assertThat(polite.link.isClosed()).isTrue();
  }

  /** A command that is still being done must not open the session again afterwards. */
  @Test
  void a_client_that_dies_in_the_middle_of_a_command_leaves_nothing() {
    Client client = new Client();
    cluster.holdBack();
    client.send("Lock:a\nLock:b\n");
    client.connection.onClosed();
    assertThat(cluster.ends).isZero();
    cluster.tellAll();
    assertThat(cluster.ends).isOne();
    assertThat(cluster.machine().sessionCount()).isZero();
    assertThat(loop.timers()).isZero();
  }

  /** S2-3: who only asks questions needs no session. */
  @Test
  void a_client_without_a_lock_opens_no_session() {
    Client client = new Client();
    client.ask("Status:a");
    client.ask("Release:a");
    assertThat(cluster.machine().sessionCount()).isZero();
    client.connection.onClosed();
    assertThat(cluster.ends).isZero();
  }

  @Test
  void a_lock_lasts_as_long_as_its_connection() {
    Client client = new Client();
    client.ask("Lock:a");
    loop.advance(120_000, cluster);
    assertThat(new Client().ask("Status:a")).contains("Owner information");
    assertThat(client.ask("Release:a")).isEqualTo("a>>Release Status");
  }

  /** What the client was not told that it has, it is not told later that it has already. */
  @Test
  void a_lock_of_unknown_outcome_is_undone_also_after_minutes() {
    Client client = new Client();
    cluster.loseAnswers();
    assertThat(client.ask("Lock:a")).isEqualTo("No answer now, please try again.");
    // Without a leader the cluster's clock stands still.
    loop.advance(120_000);
    assertThat(client.ask("Lock:a")).isEqualTo("No answer now, please try again.");
    cluster.recover();
    assertThat(client.ask("Lock:b")).isEqualTo("b>>Lock Status");
    assertThat(client.ask("Status:a")).isEqualTo("There isn't a lock named>>a");
    client.connection.onClosed();
    assertThat(cluster.machine().sessionCount()).isZero();
    assertThat(loop.timers()).isZero();
  }

  @Test
  void without_a_leader_nothing_is_claimed() {
    Client client = new Client();
    cluster.loseLeader();
    assertThat(client.ask("Lock:a")).isEqualTo("No answer now, please try again.");
    assertThat(client.ask("Status:a")).isEqualTo("No answer now, please try again.");
    assertThat(client.ask("Release:a")).isEqualTo("No answer now, please try again.");
    cluster.recover();
    assertThat(client.ask("Lock:a")).isEqualTo("a>>Lock Status");
  }
}
