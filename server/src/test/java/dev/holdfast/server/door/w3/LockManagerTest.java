package dev.holdfast.server.door.w3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.w3.v1.FileArgs;
import dev.holdfast.protocol.w3.v1.LockArgs;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;
import dev.holdfast.server.door.FakeCluster;
import dev.holdfast.server.door.FakeLoop;
import dev.holdfast.server.door.OperationIds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The wire of the lock manager, call by call. */
class LockManagerTest {
  private final FakeCluster cluster = new FakeCluster();
  private final FakeLoop loop = new FakeLoop();
  private final LockManager manager = node();

  /** The same clients at another node. */
  private LockManager node() {
    return new LockManager(W3Settings.DEFAULT, cluster, loop, OperationIds.random());
  }

  private static LockArgs args(int client, String token, String request) {
    return LockArgs.newBuilder().setClientId(client).setToken(token).setRequestId(request).build();
  }

  /** A call that waits, or has been answered. */
  private static final class Caller {
    final List<Response> answers = new ArrayList<>();
    Runnable leave = () -> {};

    Response answer() {
      assertThat(answers).hasSize(1);
      return answers.get(0);
    }
  }

  private Caller acquire(LockManager node, int client, String request) {
    Caller caller = new Caller();
    caller.leave = node.acquire(args(client, "", request), caller.answers::add);
    return caller;
  }

  private Caller acquire(int client, String request) {
    return acquire(manager, client, request);
  }

  private String acquired(int client, String request) {
    Response response = acquire(client, request).answer();
    assertThat(response.getStatus()).isEqualTo(Status.OK);
    return response.getToken();
  }

  private Response release(int client, String token, String request) {
    Caller caller = new Caller();
    manager.release(args(client, token, request), caller.answers::add);
    return caller.answer();
  }

  private Response renew(int client, String token) {
    Caller caller = new Caller();
    manager.renew(args(client, token, "renew"), caller.answers::add);
    return caller.answer();
  }

  /** S3-24, S3-14: the token is a fencing token in text, and every grant has a larger one. */
  @Test
  void a_free_lock_is_acquired_at_once() {
    String token = acquired(1, "1-aaaaaaaa-1");
    assertThat(Long.parseLong(token)).isPositive();
    assertThat(release(1, token, "1-aaaaaaaa-2").getStatus()).isEqualTo(Status.OK);
    assertThat(Long.parseLong(acquired(1, "1-aaaaaaaa-3"))).isGreaterThan(Long.parseLong(token));
    assertThat(cluster.machine().lock("files", 0)).isNotNull();
  }

  /** S3-2, S3-1. */
  @Test
  void fifty_waiters_are_granted_in_the_order_of_their_calls() {
    String token = acquired(0, "0");
    List<Caller> waiting = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      waiting.add(acquire(i, "a" + i));
    }
    for (int i = 1; i <= 50; i++) {
      assertThat(waiting).filteredOn(each -> !each.answers.isEmpty()).hasSize(i - 1);
      release(i - 1, token, "r" + i);
      token = waiting.get(i - 1).answer().getToken();
    }
  }

  /** S3-3: who gives up leaves the queue, and who is behind it does not notice. */
  @Test
  void a_caller_that_gives_up_leaves_the_queue() {
    String token = acquired(1, "a");
    Caller impatient = acquire(2, "b");
    Caller next = acquire(3, "c");
    impatient.leave.run();
    assertThat(cluster.machine().waitingCount()).isOne();
    assertThat(impatient.answers).isEmpty();
    release(1, token, "d");
    assertThat(next.answer().getStatus()).isEqualTo(Status.OK);
    next.leave.run();
    assertThat(next.answers).hasSize(1);
    assertThat(loop.timers()).isZero();
  }

  /** S3-3, S3-8: the same request after a time-out waits again, at another node too. */
  @Test
  void a_request_that_is_repeated_after_a_time_out_waits_again() {
    String token = acquired(1, "a");
    for (int i = 0; i < 5; i++) {
      Caller retry = acquire(node(), 2, "b");
      assertThat(retry.answers).isEmpty();
      assertThat(cluster.machine().waitingCount()).isOne();
      retry.leave.run();
      assertThat(cluster.machine().waitingCount()).isZero();
    }
    Caller last = acquire(node(), 2, "b");
    release(1, token, "c");
    assertThat(last.answer().getStatus()).isEqualTo(Status.OK);
    assertThat(acquire(node(), 2, "b").answer()).isEqualTo(last.answer());
  }

  /** S3-9, S3-10: one token, and equal bytes, also at another node and after the release. */
  @Test
  void the_same_request_is_answered_the_same() {
    Response first = acquire(1, "id").answer();
    Response again = acquire(1, "id").answer();
    Response elsewhere = acquire(node(), 1, "id").answer();
    assertThat(again.toByteString()).isEqualTo(first.toByteString());
    assertThat(elsewhere.toByteString()).isEqualTo(first.toByteString());
    release(1, first.getToken(), "r");
    assertThat(acquire(1, "id").answer().toByteString()).isEqualTo(first.toByteString());
    assertThat(cluster.machine().lock("files", 0)).isNull();
  }

  /** S3-10: two calls of one request that wait at the same time get the same grant. */
  @Test
  void a_request_that_arrives_twice_while_it_waits_is_granted_once() {
    String token = acquired(1, "a");
    Caller one = acquire(2, "b");
    Caller two = acquire(node(), 2, "b");
    assertThat(cluster.machine().waitingCount()).isOne();
    release(1, token, "c");
    assertThat(two.answer()).isEqualTo(one.answer());
  }

  /** S3-25, S3-9. */
  @Test
  void a_release_is_done_once() {
    String token = acquired(1, "a");
    Response released = release(1, token, "r");
    assertThat(released.getStatus()).isEqualTo(Status.OK);
    assertThat(release(1, token, "r").toByteString()).isEqualTo(released.toByteString());
    assertThat(release(1, token, "s").getStatus()).isEqualTo(Status.LOCK_NOT_HELD);
    acquired(2, "b");
    assertThat(release(1, token, "r")).isEqualTo(released);
    assertThat(release(1, token, "t").getStatus()).isEqualTo(Status.LOCK_NOT_HELD);
  }

  /** S3-14. */
  @Test
  void a_wrong_token_changes_nothing() {
    String token = acquired(1, "a");
    String revision = String.valueOf(cluster.machine().lock("files", 0));
    for (String wrong : List.of("", "x", "0", "-1", "999999", token + "0", "1e3")) {
      assertThat(release(1, wrong, "r" + wrong).getStatus()).isEqualTo(Status.INVALID_TOKEN);
      assertThat(renew(1, wrong).getStatus()).isEqualTo(Status.INVALID_TOKEN);
      assertThat(append(1, wrong, "file_0", "x", "")).isEqualTo(Status.INVALID_TOKEN);
    }
    assertThat(release(2, token, "q").getStatus()).isEqualTo(Status.LOCK_NOT_HELD);
    assertThat(renew(2, token).getStatus()).isEqualTo(Status.INVALID_TOKEN);
    assertThat(append(2, token, "file_0", "x", "")).isEqualTo(Status.INVALID_TOKEN);
    assertThat(cluster.machine().lock("files", 0)).hasToString(revision);
  }

  /** S3-12, S3-13, S3-15: the next one is granted when the lease is over, without being asked. */
  @Test
  void a_lease_ends_after_thirty_seconds() {
    acquired(1, "a");
    Caller next = acquire(2, "b");
    loop.advance(29_900, cluster);
    assertThat(next.answers).isEmpty();
    loop.advance(200, cluster);
    assertThat(next.answer().getStatus()).isEqualTo(Status.OK);
  }

  /** S3-28, S3-30. */
  @Test
  void renewing_extends_the_lease_and_is_refused_after_its_end() {
    String token = acquired(1, "a");
    for (int i = 0; i < 5; i++) {
      loop.advance(25_000, cluster);
      assertThat(renew(1, token).getStatus()).isEqualTo(Status.OK);
    }
    loop.advance(30_100, cluster);
    assertThat(renew(1, token).getStatus()).isEqualTo(Status.INVALID_TOKEN);
    assertThat(release(1, token, "r").getStatus()).isEqualTo(Status.LOCK_NOT_HELD);
  }

  /** S3-24, S3-12: who waits longer than a lease keeps its place, and then has a whole lease. */
  @Test
  void a_waiter_keeps_its_place_and_gets_a_whole_lease() {
    String token = acquired(1, "a");
    Caller waiter = acquire(2, "b");
    for (int i = 0; i < 10; i++) {
      loop.advance(9_900, cluster);
      renew(1, token);
    }
    release(1, token, "c");
    String granted = waiter.answer().getToken();
    loop.advance(29_900, cluster);
    assertThat(renew(2, granted).getStatus()).isEqualTo(Status.OK);
    assertThat(loop.timers()).isZero();
  }

  /** A client that has lost the answer is told its token. */
  @Test
  void a_holder_that_acquires_again_is_told_that_it_holds() {
    String token = acquired(1, "a");
    Response again = acquire(1, "b").answer();
    assertThat(again.getStatus()).isEqualTo(Status.LOCK_HELD);
    assertThat(again.getToken()).isEqualTo(token);
  }

  /** S3-5: a client waits once. */
  @Test
  void a_client_that_waits_cannot_wait_for_something_else() {
    acquired(1, "a");
    acquire(2, "b");
    assertThat(acquire(2, "c").answer().getStatus()).isEqualTo(Status.ERROR);
  }

  /** S3-36, S3-5. */
  @Test
  void a_node_without_a_leader_says_so() {
    String token = acquired(1, "a");
    cluster.loseLeader();
    assertThat(acquire(2, "b").answer().getStatus()).isEqualTo(Status.SECONDARY_MODE);
    assertThat(release(1, token, "r").getStatus()).isEqualTo(Status.SECONDARY_MODE);
    assertThat(renew(1, token).getStatus()).isEqualTo(Status.SECONDARY_MODE);
    cluster.recover();
    assertThat(release(1, token, "r").getStatus()).isEqualTo(Status.OK);
  }

  /** S3-2, S3-36: a node that stops gives up no one's place, as little as one that dies. */
  @Test
  void who_waits_at_a_node_that_stops_keeps_its_place() {
    String token = acquired(1, "a");
    Caller first = acquire(2, "b");
    Caller second = acquire(node(), 3, "c");
    manager.stop();
    first.leave.run();
    assertThat(first.answer().getStatus()).isEqualTo(Status.SECONDARY_MODE);
    assertThat(acquire(4, "d").answer().getStatus()).isEqualTo(Status.SECONDARY_MODE);
    assertThat(cluster.machine().waitingCount()).isEqualTo(2);
    Caller again = acquire(node(), 2, "b");
    release(1, token, "e");
    assertThat(again.answer().getStatus()).isEqualTo(Status.OK);
    assertThat(second.answers).isEmpty();
  }

  /** Requests without an id are never taken for each other. */
  @Test
  void a_request_without_an_id_is_a_request_of_its_own() {
    String token = acquired(1, "");
    release(1, token, "");
    assertThat(acquired(1, "")).isNotEqualTo(token);
  }

  private Status append(int client, String token, String file, String text, String request) {
    Caller caller = new Caller();
    manager.append(
        FileArgs.newBuilder()
            .setClientId(client)
            .setToken(token)
            .setFilename(file)
            .setContent(ByteString.copyFromUtf8(text))
            .setRequestId(request)
            .build(),
        caller.answers::add);
    return caller.answer().getStatus();
  }

  private String file(String name) {
    return cluster.machine().files().read(name, 0, 1_000).toStringUtf8();
  }

  /** S3-26, S3-9, S3-16: once, however often it is asked for, and after the release too. */
  @Test
  void an_append_is_done_once() {
    String token = acquired(1, "a");
    for (int i = 0; i < 3; i++) {
      assertThat(append(1, token, "file_0", "A", "b")).isEqualTo(Status.OK);
    }
    assertThat(append(1, token, "file_0", "B", "c")).isEqualTo(Status.OK);
    assertThat(append(1, token, "file_99", "C", "d")).isEqualTo(Status.OK);
    release(1, token, "e");
    assertThat(append(1, token, "file_0", "A", "b")).isEqualTo(Status.OK);
    assertThat(file("file_0")).isEqualTo("AB");
    assertThat(file("file_99")).isEqualTo("C");
  }

  /** S3-21: without the token of now, the file stays as it is. */
  @Test
  void an_append_needs_the_token() {
    String token = acquired(1, "a");
    assertThat(append(1, "x", "file_0", "A", "b")).isEqualTo(Status.INVALID_TOKEN);
    assertThat(append(2, token, "file_0", "A", "b")).isEqualTo(Status.INVALID_TOKEN);
    release(1, token, "c");
    assertThat(append(1, token, "file_0", "A", "d")).isEqualTo(Status.INVALID_TOKEN);
    assertThat(file("file_0")).isEmpty();
  }

  /** S3-5. */
  @Test
  void what_is_no_file_is_an_error_of_the_files() {
    String token = acquired(1, "a");
    assertThat(append(1, token, "a/b", "A", "b")).isEqualTo(Status.FILESYSTEM_ERROR);
    assertThat(append(1, token, "..", "A", "c")).isEqualTo(Status.FILESYSTEM_ERROR);
    assertThat(append(1, token, "file_0", "x".repeat((1 << 20) + 1), "d"))
        .isEqualTo(Status.FILESYSTEM_ERROR);
  }

  /** S3-37: two clients, of which the first loses its lease after half of its work. */
  @Test
  void appends_of_an_expired_holder_are_rolled_back() {
    String token = acquired(1, "a");
    append(1, token, "file_0", "A", "b");
    loop.advance(30_100, cluster);
    String next = acquired(2, "c");
    append(2, next, "file_0", "B", "d");
    append(2, next, "file_0", "B", "e");
    release(2, next, "f");
    assertThat(append(1, token, "file_0", "A", "g")).isEqualTo(Status.INVALID_TOKEN);
    String again = acquired(1, "h");
    append(1, again, "file_0", "A", "i");
    append(1, again, "file_0", "A", "j");
    release(1, again, "k");
    assertThat(file("file_0")).isEqualTo("BBAA");
  }
}
