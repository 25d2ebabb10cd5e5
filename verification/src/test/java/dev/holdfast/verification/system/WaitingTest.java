package dev.holdfast.verification.system;

import static dev.holdfast.verification.system.Askers.permits;
import static dev.holdfast.verification.system.Askers.s;
import static dev.holdfast.verification.system.Askers.x;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.Mode;
import dev.holdfast.client.QueueNews;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.verification.system.Askers.Asker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Deadlocks and chains of waiting between sessions at three nodes, as the command line shows. */
@Timeout(120)
final class WaitingTest {
  @RegisterExtension static final Clusters CLUSTERS = Clusters.forAllTests();

  private static RealCluster cluster;

  @BeforeAll
  static void start() {
    cluster = CLUSTERS.start(3);
  }

  private static CommandLineRun run(String... command) {
    return CommandLineRun.of(CLUSTERS.folder(), cluster, command);
  }

  /** The deadlocks in which a lock has a part. */
  private static List<JsonNode> deadlocksAt(String lock) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode deadlock : run("deadlocks", "-o", "json").json().get("deadlocks")) {
      if (edges(deadlock, "lock").contains(lock)) {
        found.add(deadlock);
      }
    }
    return found;
  }

  private static List<String> edges(JsonNode deadlock, String field) {
    List<String> values = new ArrayList<>();
    deadlock.get("edges").forEach(edge -> values.add(edge.get(field).asString()));
    return values;
  }

  @Test
  void of_two_clients_that_lock_in_opposite_orders_one_is_told_and_the_other_goes_on()
      throws Exception {
    Holdfast a = cluster.client();
    Holdfast b = cluster.client();
    LockGrant first = a.async().acquire(request("s4-24/l1", "a")).get(60, SECONDS);
    LockGrant second = b.async().acquire(request("s4-24/l2", "b")).get(60, SECONDS);
    CompletableFuture<LockGrant> waits = a.async().acquire(request("s4-24/l2", "a"));
    org.awaitility.Awaitility.await()
        .atMost(RealCluster.PATIENCE)
        .until(() -> a.check("s4-24/l2").queueLength() == 1);
    long beganNanos = System.nanoTime();
    CompletableFuture<LockGrant> closes = b.async().acquire(request("s4-24/l1", "b"));
    assertThatThrownBy(() -> closes.get(60, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.DEADLOCK));
    tell("two clients", beganNanos);
    second.release();
    assertThat(waits.get(60, SECONDS).isHeld()).isTrue();
    first.release();
    List<JsonNode> deadlocks = deadlocksAt("s4-24/l1");
    assertThat(deadlocks).hasSize(1);
    assertThat(edges(deadlocks.get(0), "lock")).containsExactly("s4-24/l1", "s4-24/l2");
  }

  private static AcquireRequest request(String lock, String owner) {
    return AcquireRequest.of(lock, Mode.X).owner(owner);
  }

  /** How long it took is for people: it says as much about the machine as about Holdfast. */
  private static void tell(String what, long beganNanos) {
    System.out.printf(
        "%s: the victim was told %.1f ms after the request that closed the cycle%n",
        what, (System.nanoTime() - beganNanos) / 1e6);
  }

  @Test
  void a_cycle_through_readers_a_tree_and_a_semaphore_has_one_victim_and_is_told_whole() {
    try (Askers askers = new Askers(cluster)) {
      Asker reader = askers.open("n2 reader");
      Asker writer = askers.open("n2 writer in the tree");
      Asker worker = askers.open("n2 worker");
      reader.take(s("n2/table"));
      writer.take(x("n2/tree/leaf/1"));
      long permit = worker.take(permits("n2/pool", 2, 3));
      reader.queue(x("n2/tree"));
      long pool = writer.queue(permits("n2/pool", 2, 3));

      long beganNanos = System.nanoTime();
      Answer answer = worker.refused(x("n2/table"));
      tell("three sessions, three kinds of lock", beganNanos);

      Deadlock told = answer.getRefused().getDeadlock();
      assertThat(told.getMembersList())
          .extracting(member -> member.getLabel() + " at " + member.getLock())
          .containsExactly(
              "n2 worker at n2/table", "n2 reader at n2/tree", "n2 writer in the tree at n2/pool");
      // In the very step in which the closing request came to wait.
      assertThat(told.getRevision()).isEqualTo(told.getMembers(0).getTicket());
      List<JsonNode> deadlocks = deadlocksAt("n2/table");
      assertThat(deadlocks).hasSize(1);
      JsonNode deadlock = deadlocks.get(0);
      assertThat(edges(deadlock, "label"))
          .containsExactly("n2 worker", "n2 reader", "n2 writer in the tree");
      assertThat(edges(deadlock, "held_by_label"))
          .containsExactly("n2 reader", "n2 writer in the tree", "n2 worker");
      assertThat(edges(deadlock, "wants")).containsExactly("X", "X", "2 permits");
      assertThat(edges(deadlock, "held_as")).containsExactly("S", "IX", "2 permits");
      assertThat(edges(deadlock, "victim")).containsExactly("true", "false", "false");
      assertThat(run("deadlocks").output())
          .contains("owner owner of session " + worker.sessionId() + " (n2 worker)")
          .contains("for X on 'n2/table', held as S by number 2")
          .contains("for X on 'n2/tree', held as IX by number 3")
          .contains("for 2 permits on 'n2/pool', held as 2 permits by number 1");

      worker.release(permit);
      assertThat(writer.answer(pool).hasGranted()).isTrue();
    }
  }

  @Test
  void a_chain_of_five_sessions_is_told_in_five_lines_down_to_the_one_that_does_not_wait() {
    try (Askers askers = new Askers(cluster)) {
      List<Asker> five = new ArrayList<>();
      for (int i = 1; i <= 5; i++) {
        five.add(askers.open("n4 session " + i));
      }
      five.get(1).take(x("n4/mutex"));
      five.get(2).take(s("n4/table"));
      five.get(3).take(x("n4/tree/leaf"));
      five.get(4).take(permits("n4/pool", 1, 1));
      five.get(3).queue(permits("n4/pool", 1, 1));
      five.get(2).queue(x("n4/tree"));
      five.get(1).queue(x("n4/table"));
      long sequence = five.get(0).queue(x("n4/mutex"));

      CommandLineRun why = run("why", five.get(0).sessionId() + "/" + sequence);

      assertThat(why.exitCode()).isZero();
      List<String> lines = why.lines();
      assertThat(lines).hasSize(5);
      for (int i = 0; i < 4; i++) {
        assertThat(lines.get(i))
            .startsWith((i + 1) + "  owner owner of session " + five.get(i).sessionId())
            .contains("(n4 session " + (i + 1) + ") has waited ")
            .contains("by session " + five.get(i + 1).sessionId());
      }
      assertThat(lines.get(4))
          .isEqualTo(
              "5  root: owner owner of session "
                  + five.get(4).sessionId()
                  + " (n4 session 5) waits for nothing");
      assertThat(run("why", "n4/mutex").lines().get(4)).isEqualTo(lines.get(4));
      JsonNode json = run("why", "n4/mutex", "-o", "json").json();
      assertThat(json.get("hops")).hasSize(4);
      assertThat(json.get("root").get("label").asString()).isEqualTo("n4 session 5");
      showsTheGraph(five);
    }
  }

  @Test
  void lint_tells_of_opposite_orders_that_never_met() {
    try (Askers askers = new Askers(cluster)) {
      Asker c1 = askers.open("n3 client one");
      Asker c2 = askers.open("n3 client two");
      takeAndRelease(c1, "n3/a", "n3/b");
      takeAndRelease(c2, "n3/b", "n3/a");
      takeAndRelease(c1, "n3/c", "n3/d");
      takeAndRelease(c2, "n3/c", "n3/d");

      CommandLineRun lint = run("lint", "--limit", "1000");

      assertThat(lint.exitCode()).isEqualTo(1);
      assertThat(lint.output())
          .contains("could deadlock: 'n3/a', then 'n3/b' / 'n3/b', then 'n3/a'")
          .contains("(n3 client one) had X on 'n3/a' and asked for X on 'n3/b'")
          .contains("(n3 client two) had X on 'n3/b' and asked for X on 'n3/a'")
          .contains(" has looked since revision ")
          .doesNotContain("'n3/c'")
          .doesNotContain("deadlock: 'n3',");
      for (JsonNode finding : run("lint", "-o", "json").json().get("findings")) {
        assertThat(finding.get("orders").size()).isGreaterThanOrEqualTo(2);
      }
    }
  }

  private static void takeAndRelease(Asker asker, String first, String second) {
    long held = asker.take(x(first));
    asker.release(asker.take(x(second)));
    asker.release(held);
  }

  @Test
  void each_of_ten_who_wait_is_told_its_place_at_every_grant() throws Exception {
    String lock = "n5/lock";
    LockGrant held = cluster.client().async().acquire(request(lock, "first")).get(60, SECONDS);
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      Waiter waiter = new Waiter(lock, i);
      waiters.add(waiter);
      waiter.awaitPlace(i, i);
    }
    for (int i = 0; i < 10; i++) {
      waiters.get(i).awaitPlace(i + 1, 10);
      assertThat(waiters.get(i).last().holder()).isNotNull();
    }
    for (int granted = 1; granted <= 10; granted++) {
      held.release();
      held = waiters.get(granted - 1).granted.get(60, SECONDS);
      for (int i = granted; i < 10; i++) {
        waiters.get(i).awaitPlace(i + 1 - granted, 10 - granted);
        HolderInfo holder = waiters.get(i).last().holder();
        assertThat(Objects.requireNonNull(holder).token()).isEqualTo(held.token());
      }
    }
    held.release();
    for (int i = 1; i <= 10; i++) {
      List<Integer> places = waiters.get(i - 1).places();
      List<Integer> expected = new ArrayList<>();
      for (int place = i; place >= 1; place--) {
        expected.add(place);
      }
      assertThat(places).isEqualTo(expected);
    }
    assertThat(waiters.get(9).last().estimate()).isPresent();
  }

  /** A client of its own that waits, and what it was told. */
  private static final class Waiter {
    private final List<QueueNews> told = new CopyOnWriteArrayList<>();
    private final CompletableFuture<LockGrant> granted;

    Waiter(String lock, int number) {
      String node = cluster.nodes().get(number % 3);
      Holdfast client = cluster.client(Holdfast.builder().endpoints(cluster.endpoint(node)));
      granted = client.async().acquire(request(lock, "waiter-" + number), told::add);
    }

    QueueNews last() {
      return told.get(told.size() - 1);
    }

    void awaitPlace(int position, int length) {
      org.awaitility.Awaitility.await("place " + position + " of " + length)
          .atMost(RealCluster.PATIENCE)
          .pollInterval(java.time.Duration.ofMillis(5))
          .until(
              () ->
                  !told.isEmpty()
                      && last().position() == position
                      && last().queueLength() == length);
    }

    /** The places that it was told, those in a row once. */
    List<Integer> places() {
      List<Integer> places = new ArrayList<>();
      for (QueueNews news : told) {
        if (places.isEmpty() || places.get(places.size() - 1) != news.position()) {
          places.add(news.position());
        }
      }
      return places;
    }
  }

  private static void showsTheGraph(List<Asker> five) {
    JsonNode graph = run("waits", "--json").json();
    List<String> edges = new ArrayList<>();
    for (JsonNode wait : graph.get("waits")) {
      if (wait.get("lock").asString().startsWith("n4/")) {
        edges.add(wait.get("session").asLong() + " -> " + wait.get("by_session").asLong());
      }
    }
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      expected.add(five.get(i).sessionId() + " -> " + five.get(i + 1).sessionId());
    }
    assertThat(edges).containsExactlyInAnyOrderElementsOf(expected);
    String dot = run("waits", "--dot").output();
    assertThat(dot).startsWith("digraph waits {").endsWith("}\n");
    for (int i = 0; i < 4; i++) {
      assertThat(dot)
          .contains(
              "\"%d/owner\" -> \"%d/owner\""
                  .formatted(five.get(i).sessionId(), five.get(i + 1).sessionId()));
    }
  }
}
