package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.v1.DoorView;
import dev.holdfast.protocol.v1.StatusRequest;
import dev.holdfast.protocol.w3.v1.ClientInitArgs;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** S2-12: a node says what it listens at and who came. */
@Timeout(120)
class DoorTrafficTest {
  private static final String NONSENSE = "{\"action\": \"foo\"}";

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init")
  private TestCluster cluster;

  @SuppressWarnings("NullAway.Init")
  private RawClient operator;

  @BeforeEach
  void startNode() throws Exception {
    cluster = TestCluster.startWithDoors(data, 1, List.of("w0", "w1", "w2", "w3"));
    operator = cluster.client("n1");
  }

  @AfterEach
  void stopNode() {
    operator.close();
    cluster.close();
  }

  private DoorView door(String name) {
    return operator.cluster().status(StatusRequest.getDefaultInstance()).getDoorsList().stream()
        .filter(door -> door.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void awaitDoor(String name, Consumer<DoorView> condition) {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> condition.accept(door(name)));
  }

  private static void requireCounts(DoorView door, int open, int connections, int requests) {
    assertThat(door.getConnectionsOpen()).as("open at %s", door).isEqualTo(open);
    assertThat(door.getConnections()).as("connections of %s", door).isEqualTo(connections);
    assertThat(door.getRequests()).as("requests of %s", door).isEqualTo(requests);
  }

  @Test
  void every_door_counts_its_connections_and_requests() throws Exception {
    for (String name : List.of("w0", "w1", "w2", "w3")) {
      requireCounts(door(name), 0, 0, 0);
      assertThat(door(name).getAddress()).isEqualTo("127.0.0.1:" + cluster.doorPort("n1", name));
    }
    try (RawSocket first = new RawSocket(cluster.doorPort("n1", "w0"));
        RawSocket second = new RawSocket(cluster.doorPort("n1", "w0"))) {
      first.ask(NONSENSE);
      first.ask(NONSENSE);
      second.ask(NONSENSE);
      requireCounts(door("w0"), 2, 2, 3);
    }
    awaitDoor("w0", door -> requireCounts(door, 0, 2, 3));
    try (RawSocket once = new RawSocket(cluster.doorPort("n1", "w1"))) {
      once.send(NONSENSE);
      assertThat(once.rest()).isNotNull();
    }
    awaitDoor("w1", door -> requireCounts(door, 0, 1, 1));
    try (RawSocket typed = new RawSocket(cluster.doorPort("n1", "w2"))) {
      typed.send("nonsense\n");
      awaitDoor("w2", door -> requireCounts(door, 1, 1, 1));
    }
    awaitDoor("w2", door -> requireCounts(door, 0, 1, 1));
  }

  @Test
  void grpc_ports_count_every_message_of_a_client() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", cluster.doorPort("n1", "w3"))
            .usePlaintext()
            .build();
    try {
      for (int i = 0; i < 3; i++) {
        var _ =
            LockServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .clientInit(ClientInitArgs.getDefaultInstance());
      }
      requireCounts(door("w3"), 1, 1, 3);
    } finally {
      channel.shutdownNow();
    }
    awaitDoor("w3", door -> requireCounts(door, 0, 1, 3));
    DoorView before = door("grpc");
    try (RawClient client = cluster.client("n1")) {
      RawStream stream = client.open(60_000);
      assertThat(stream).isNotNull();
      // The session's first frame, and this question.
      requireCounts(
          door("grpc"),
          (int) before.getConnectionsOpen() + 1,
          (int) before.getConnections() + 1,
          (int) before.getRequests() + 2);
    }
  }
}
