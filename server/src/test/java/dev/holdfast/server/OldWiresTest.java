package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.w3.v1.ClientInitArgs;
import dev.holdfast.protocol.w3.v1.LockArgs;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc.LockServiceBlockingStub;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Doors of old wires over real sockets, at three nodes. */
@Timeout(240)
class OldWiresTest {
  private static final String TRUE = "{\"result\": true}";
  private static final String FALSE = "{\"result\": false}";
  private static final String INVALID = "{\"result\": false, \"reason\": \"Invalid operation\"}";
  private static final String FREE = "{\"owner\": null}";

  @TempDir private static Path data;

  @SuppressWarnings("NullAway.Init")
  private static TestCluster cluster;

  @BeforeAll
  static void startNodes() throws Exception {
    cluster = TestCluster.startWithDoors(data, 3, List.of("w0", "w1", "w2", "w3"));
  }

  @AfterAll
  static void stopNodes() {
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  private static RawSocket w0(String node) throws IOException {
    return new RawSocket(cluster.doorPort(node, "w0"));
  }

  private static RawSocket w0(int number) throws IOException {
    return w0("n" + (number % 3 + 1));
  }

  private static String id() {
    return UUID.randomUUID().toString();
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

  /** S0-4 to S0-11, S0-14, S0-15, S0-18, S0-21: at the leader and at each follower. */
  @Test
  void every_node_gives_the_same_answers() throws IOException {
    for (String node : cluster.nodes()) {
      String a = id();
      String b = id();
      String lock = "everywhere " + node;
      try (RawSocket first = w0(node);
          RawSocket second = w0(node)) {
        assertThat(first.ask(request("preempt", lock, a))).isEqualTo(TRUE);
        assertThat(second.ask(request("preempt", lock, b))).isEqualTo(FALSE);
        assertThat(second.ask(request("release", lock, b))).isEqualTo(INVALID);
        for (String other : cluster.nodes()) {
          try (RawSocket asker = w0(other)) {
            assertThat(asker.ask(check(lock))).isEqualTo(ownedBy(a));
            assertThat(asker.ask(request("preempt", lock, b))).isEqualTo(FALSE);
          }
        }
        assertThat(first.ask(request("release", lock, a))).isEqualTo(TRUE);
        assertThat(second.ask(check(lock))).isEqualTo(FREE);
        assertThat(second.ask(request("release", lock, b))).isEqualTo(INVALID);
        assertThat(second.ask("{\"action\": \"foo\"}")).isEqualTo(INVALID);
      }
    }
  }

  /** S0-12: the answer comes when the node's own map has it. */
  @Test
  void a_followers_own_map_shows_what_it_has_answered() throws IOException {
    String follower = cluster.follower();
    String client = id();
    try (RawSocket socket = w0(follower);
        RawClient operator = cluster.client(follower)) {
      for (int i = 0; i < 1_000; i++) {
        assertThat(socket.ask(request("preempt", "own map " + i, client))).isEqualTo(TRUE);
        assertThat(
                operator
                    .locks()
                    .check(
                        CheckRequest.newBuilder()
                            .setLock("own map " + i)
                            .setConsistency(Consistency.LOCAL)
                            .build())
                    .getHolders(0)
                    .getClientId())
            .isEqualTo(client);
        assertThat(socket.ask(request("release", "own map " + i, client))).isEqualTo(TRUE);
      }
    }
  }

  /** S0-19: 500 connections, 100 operations on each, 25 locks; nobody gets what another has. */
  @Test
  void of_500_connections_no_two_own_a_lock() throws Exception {
    Map<String, String> owners = new ConcurrentHashMap<>();
    List<Callable<Integer>> clients = new ArrayList<>();
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("OldWiresTest seed " + seed);
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int i = 0; i < 500; i++) {
      int number = i;
      SplittableRandom random = seeds.split();
      clients.add(() -> operate(number, random, owners));
    }
    int granted = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(clients)) {
        granted += each.get(1, TimeUnit.SECONDS);
      }
    }
    assertThat(granted).isGreaterThan(100);
    assertThat(owners).isEmpty();
    try (RawSocket asker = w0(0)) {
      for (int i = 0; i < 25; i++) {
        assertThat(asker.ask(check("crowd " + i))).isEqualTo(FREE);
      }
    }
  }

  private static int operate(int number, SplittableRandom random, Map<String, String> owners)
      throws IOException {
    String client = id();
    int granted = 0;
    try (RawSocket socket = w0(number)) {
      for (int operations = 0; operations < 100; operations += 2) {
        String lock = "crowd " + random.nextInt(25);
        String answer = socket.ask(request("preempt", lock, client));
        if (answer.equals(TRUE)) {
          granted++;
          assertThat(owners.putIfAbsent(lock, client)).as(lock).isNull();
          assertThat(owners.remove(lock)).isEqualTo(client);
          assertThat(socket.ask(request("release", lock, client))).isEqualTo(TRUE);
        } else {
          assertThat(answer).isEqualTo(FALSE);
          assertThat(socket.ask(request("release", lock, client))).isEqualTo(INVALID);
        }
      }
    }
    return granted;
  }

  /** S0-20; 1,000 rounds by {@code -Dholdfast.door.rounds=1000}. */
  @Test
  void of_64_clients_that_preempt_one_name_one_wins_each_time() throws Exception {
    int rounds = Integer.getInteger("holdfast.door.rounds", 50);
    CyclicBarrier start = new CyclicBarrier(64);
    List<Callable<List<Integer>>> clients = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int number = i;
      clients.add(() -> roundsWon(number, rounds, start));
    }
    int[] winners = new int[rounds];
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<Integer>> each : threads.invokeAll(clients)) {
        each.get(1, TimeUnit.SECONDS).forEach(round -> winners[round]++);
      }
    }
    assertThat(winners).containsOnly(1);
  }

  private static List<Integer> roundsWon(int number, int rounds, CyclicBarrier start)
      throws Exception {
    String client = id();
    List<Integer> won = new ArrayList<>();
    try (RawSocket socket = w0(number)) {
      for (int round = 0; round < rounds; round++) {
        start.await(60, TimeUnit.SECONDS);
        if (socket.ask(request("preempt", "one name " + round, client)).equals(TRUE)) {
          won.add(round);
        }
      }
    }
    return won;
  }

  /** S0-16, S3-6: whatever one client sends, the others do not notice, and nothing is left over. */
  @Test
  void bad_clients_are_not_noticed_by_others() throws Exception {
    String client = id();
    try (RawSocket good = w0(0)) {
      assertThat(good.ask(request("preempt", "noticed", client))).isEqualTo(TRUE);
      for (int round = 0; round < 20; round++) {
        try (RawSocket garbage = w0(round);
            RawSocket half = w0(round)) {
          half.send("{\"action\": \"preempt\", \"lock_na");
          garbage.send("\u0000GET / HTTP/1.1\r\n\r\n");
          assertThat(garbage.object()).contains("Malformed request");
          RawSocket large = w0(round);
          large.send("{\"action\": \"" + "x".repeat(300_000));
          large.reset();
          RawSocket reset = w0(round);
          reset.send(request("preempt", "left by " + round, id()));
          reset.reset();
          assertThat(good.ask(check("noticed"))).isEqualTo(ownedBy(client));
        }
      }
      assertThat(good.ask(request("release", "noticed", client))).isEqualTo(TRUE);
    }
  }

  /** S0-9, S2-10: one lock space; every door shows what every other one granted. */
  @Test
  void all_doors_share_one_lock_space() throws IOException {
    String client = id();
    try (RawSocket w0 = w0("n1");
        RawSocket w2 = new RawSocket(cluster.doorPort("n2", "w2"))) {
      assertThat(w0.ask(request("preempt", "shared/name", client))).isEqualTo(TRUE);
      assertThat(w1("n3", "own_the_lock", "shared/name", client)).isEqualTo("true");
      assertThat(w1("n3", "own_the_lock", "shared/name", id())).isEqualTo("false");
      w2.send("Lock:shared/name");
      String refused = "shared/name>>This name of Lock have existed.";
      assertThat(w2.bytes(refused.length())).isEqualTo(refused);
      w2.send("Lock:mine");
      assertThat(w2.bytes("mine>>Lock Status".length())).isEqualTo("mine>>Lock Status");
      assertThat(w1("n1", "try_lock", "mine", client)).isEqualTo("false");
    }
  }

  private static String w1(String node, String operation, String lock, String client)
      throws IOException {
    try (RawSocket socket = new RawSocket(cluster.doorPort(node, "w1"))) {
      socket.send(
          "{\"type\": \"client\", \"op\": \"%s\", \"args\": {\"lock_key\": \"%s\", \"client_id\": \"%s\"}}"
              .formatted(operation, lock, client));
      return socket.rest();
    }
  }

  /** S1-4, S1-6, S1-7, S1-13: one request a connection, which the door then closes. */
  @Test
  void w1_answers_with_a_word_and_closes() throws IOException {
    String a = id();
    assertThat(w1("n1", "try_lock", "k", a)).isEqualTo("true");
    assertThat(w1("n2", "try_lock", "k", id())).isEqualTo("false");
    assertThat(w1("n3", "own_the_lock", "k", a)).isEqualTo("true");
    assertThat(w1("n2", "try_unlock", "k", id())).isEqualTo("false");
    assertThat(w1("n2", "try_unlock", "k", a)).isEqualTo("true");
    assertThat(w1("n2", "steal", "k", a)).isEqualTo("null");
    try (RawSocket socket = new RawSocket(cluster.doorPort("n1", "w1"))) {
      socket.send("{\"type\": \"close\"}");
      assertThat(socket.rest()).isEqualTo("null");
    }
  }

  /** S2-3, S2-7 to S2-10: ids are disjoint, and a client's end frees its lock at once. */
  @Test
  void w2_speaks_its_texts_and_its_session_is_its_connection() throws IOException {
    try (RawSocket watcher = new RawSocket(cluster.doorPort("n3", "w2"))) {
      String free = "There isn't a lock named>>room";
      RawSocket holder = new RawSocket(cluster.doorPort("n2", "w2"));
      holder.send("Client");
      assertThat(holder.bytes("Client id :10".length())).isEqualTo("Client id :10");
      assertThat(Integer.parseInt(holder.bytes(4))).isBetween(0, 9_999);
      holder.send("Lock:room");
      assertThat(holder.bytes("room>>Lock Status".length())).isEqualTo("room>>Lock Status");
      watcher.send("Status:room");
      String before = "room>>Lock Status\nOwner information: client ";
      assertThat(watcher.bytes(before.length())).isEqualTo(before);
      String owner = watcher.bytes("100000 at 127.0.0.1:".length());
      assertThat(owner).matches("10\\d{4} at 127\\.0\\.0\\.1:");
      String port = Integer.toString(holder.localPort());
      assertThat(watcher.bytes(port.length())).isEqualTo(port);
      holder.reset();
      int answerLength = before.length() + owner.length() + port.length();
      await().atMost(Duration.ofSeconds(8)).until(() -> isFree(watcher, free, answerLength));
    }
  }

  /** Whether the answer is the one of a free lock, and not the other one, of that length. */
  private static boolean isFree(RawSocket watcher, String free, int otherLength)
      throws IOException {
    watcher.send("Status:room");
    if (watcher.bytes(free.length()).equals(free)) {
      return true;
    }
    assertThat(watcher.bytes(otherLength - free.length())).isNotEmpty();
    return false;
  }

  private static Response w3(LockServiceBlockingStub node, LockArgs.Builder args) {
    return node.withDeadlineAfter(20, TimeUnit.SECONDS).lockAcquire(args.build());
  }

  /** S3-3, S3-10, S3-23 to S3-25, S3-28, S3-29: any stub of the wire's description works. */
  @Test
  void w3_is_a_grpc_service() throws Exception {
    try (W3Client first = new W3Client("n1");
        W3Client second = new W3Client("n2")) {
      assertThat(
              first
                  .stub()
                  .clientInit(ClientInitArgs.newBuilder().setClientId(1).build())
                  .getStatus())
          .isEqualTo(Status.OK);
      LockArgs.Builder one = LockArgs.newBuilder().setClientId(1).setRequestId("1-0badcafe-1");
      LockArgs.Builder two = LockArgs.newBuilder().setClientId(2).setRequestId("2-0badcafe-1");
      Response granted = w3(first.stub(), one);
      assertThat(granted.getStatus()).isEqualTo(Status.OK);
      assertThat(w3(second.stub(), one).toByteString()).isEqualTo(granted.toByteString());
      long began = System.nanoTime();
      assertThatThrownBy(
              () ->
                  second
                      .stub()
                      .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                      .lockAcquire(two.build()))
          .hasMessageContaining("DEADLINE_EXCEEDED");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> cluster.node("n1").node().map().read(m -> m.waitingCount()) == 0);
      LockArgs held = one.setToken(granted.getToken()).setRequestId("1-0badcafe-2").build();
      assertThat(first.stub().renewLease(held).getStatus()).isEqualTo(Status.OK);
      assertThat(second.stub().lockRelease(held).getStatus()).isEqualTo(Status.OK);
      assertThat(first.stub().lockRelease(held).getStatus()).isEqualTo(Status.OK);
      assertThat(first.stub().renewLease(held).getStatus()).isEqualTo(Status.INVALID_TOKEN);
      Response next = w3(first.stub(), two);
      assertThat(next.getStatus()).isEqualTo(Status.OK);
      assertThat(Long.parseLong(next.getToken())).isGreaterThan(Long.parseLong(granted.getToken()));
      LockArgs wrong = one.setRequestId("1-0badcafe-3").build();
      assertThat(first.stub().lockRelease(wrong).getStatus()).isEqualTo(Status.LOCK_NOT_HELD);
    }
  }

  private static final class W3Client implements AutoCloseable {
    private final RawClient client;

    W3Client(String node) {
      client = new RawClient(cluster.doorPort(node, "w3"));
    }

    LockServiceBlockingStub stub() {
      return LockServiceGrpc.newBlockingStub(client.channel);
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
