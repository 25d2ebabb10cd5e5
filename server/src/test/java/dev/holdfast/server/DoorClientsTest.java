package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockInfo;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorClients;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of wires without sessions at three nodes with threads, sockets and disks. */
class DoorClientsTest {
  private static final DoorClient ADA = client("ada");
  private static final DoorClient BOB = client("bob");

  @TempDir private Path data;
  private TestCluster cluster;
  private String leader;
  private String follower;
  private String other;

  @BeforeEach
  void startNodes() throws Exception {
    cluster = TestCluster.start(data, 3);
    leader = cluster.leader();
    follower = cluster.follower();
    other =
        cluster.nodes().stream()
            .filter(id -> !id.equals(leader) && !id.equals(follower))
            .findFirst()
            .orElseThrow();
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  private static DoorClient client(String name) {
    return new DoorClient(
        "test/" + name,
        UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)).toString(),
        name,
        60_000,
        0);
  }

  private static ByteString id(int number) {
    return ByteString.copyFromUtf8("%016d".formatted(number));
  }

  private static Request acquire(String lock) {
    return Request.newBuilder()
        .setAcquire(
            Acquire.newBuilder()
                .setOwner("door")
                .setWaitMillis(-1)
                .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X)))
        .build();
  }

  private static Request release(Answer granted) {
    return Request.newBuilder()
        .setRelease(Release.newBuilder().setToken(granted.getGranted().getToken()))
        .build();
  }

  private DoorClients door(String node) {
    return cluster.node(node).node().doorClients();
  }

  /** What is told of an operation, one after the other. */
  private final class Asked {
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final Runnable cancel;

    Asked(String node, DoorClient client, int operation, Request request) {
      cancel = door(node).request(client, id(operation), request, answers::add);
    }

    Answer next() throws InterruptedException {
      Answer answer = answers.poll(15, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      return answer;
    }
  }

  private Optional<LockInfo> lock(String node, String name, boolean linearizable) throws Exception {
    CompletableFuture<Optional<LockInfo>> found = new CompletableFuture<>();
    door(node)
        .read(
            linearizable,
            machine -> Optional.ofNullable(machine.lock(name, 10)),
            (lock, problem) -> {
              if (problem == null) {
                found.complete(lock);
              } else {
                found.completeExceptionally(new AssertionError(problem));
              }
            });
    return found.get(15, TimeUnit.SECONDS);
  }

  private boolean renewed(String node, DoorClient client) throws Exception {
    CompletableFuture<Boolean> alive = new CompletableFuture<>();
    door(node).renew(client, alive::complete);
    return alive.get(15, TimeUnit.SECONDS);
  }

  @Test
  void every_node_has_the_same_client_and_the_same_operation() throws Exception {
    Answer granted = new Asked(follower, ADA, 1, acquire("x")).next();
    assertThat(granted.hasGranted()).isTrue();
    assertThat(lock(follower, "x", false)).as("told when the node's own map shows it").isPresent();
    assertThat(new Asked(leader, ADA, 1, acquire("x")).next()).isEqualTo(granted);
    assertThat(new Asked(other, ADA, 1, acquire("x")).next()).isEqualTo(granted);
    assertThat(renewed(other, ADA)).isTrue();

    Asked waiting = new Asked(leader, BOB, 1, acquire("x"));
    assertThat(waiting.next().hasQueued()).isTrue();
    Asked elsewhere = new Asked(other, BOB, 1, acquire("x"));
    assertThat(elsewhere.next().hasQueued()).isTrue();
    assertThat(lock(follower, "x", true).orElseThrow().queueLength()).isEqualTo(1);

    assertThat(new Asked(other, ADA, 2, release(granted)).next().hasReleased()).isTrue();
    Answer next = waiting.next();
    assertThat(next.getGranted().getToken()).isGreaterThan(granted.getGranted().getToken());
    assertThat(elsewhere.next()).isEqualTo(next);
    assertThat(new Asked(follower, BOB, 1, acquire("x")).next()).isEqualTo(next);
  }

  @Test
  void a_client_can_leave_the_queue_and_end_at_any_node() throws Exception {
    assertThat(renewed(follower, ADA)).isFalse();
    assertThat(new Asked(leader, ADA, 1, acquire("x")).next().hasGranted()).isTrue();
    Asked waiting = new Asked(follower, BOB, 1, acquire("x"));
    assertThat(waiting.next().hasQueued()).isTrue();
    waiting.cancel.run();
    assertThat(waiting.next().getRefused().getReason()).isEqualTo(RefusalReason.CANCELLED);

    Asked again = new Asked(other, BOB, 2, acquire("x"));
    assertThat(again.next().hasQueued()).isTrue();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    door(follower).end(ADA, () -> ended.complete(true));
    assertThat(ended.get(15, TimeUnit.SECONDS)).isTrue();
    assertThat(again.next().hasGranted()).isTrue();
    assertThat(renewed(other, ADA)).isFalse();
  }

  @Test
  void what_waits_goes_on_waiting_when_the_leader_stops_and_when_a_node_starts_again()
      throws Exception {
    Answer granted = new Asked(leader, ADA, 1, acquire("x")).next();
    Asked waiting = new Asked(follower, BOB, 1, acquire("x"));
    assertThat(waiting.next().hasQueued()).isTrue();
    cluster.stopNode(leader);
    assertThat(new Asked(other, ADA, 1, acquire("x")).next()).isEqualTo(granted);
    assertThat(new Asked(other, ADA, 2, release(granted)).next().hasReleased()).isTrue();
    Answer next = waiting.next();
    assertThat(next.hasGranted()).isTrue();
    cluster.startNode(leader);
    cluster.awaitReady();
    assertThat(new Asked(leader, BOB, 1, acquire("x")).next()).isEqualTo(next);
    assertThat(new Asked(leader, ADA, 2, release(granted)).next().hasReleased()).isTrue();
  }
}
