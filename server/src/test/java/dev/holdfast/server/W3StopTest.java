package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.holdfast.protocol.w3.v1.LockArgs;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc.LockServiceFutureStub;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of the wire with leases, when the node that they wait at is stopped. */
class W3StopTest {
  @TempDir private Path data;
  private TestCluster cluster;

  @BeforeEach
  void startNodes() throws Exception {
    cluster = TestCluster.startWithDoors(data, 3, List.of("w3"));
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  private static LockArgs args(int client, String request, String token) {
    return LockArgs.newBuilder().setClientId(client).setRequestId(request).setToken(token).build();
  }

  private static LockServiceFutureStub stub(RawClient client) {
    return LockServiceGrpc.newFutureStub(client.channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static Response get(ListenableFuture<Response> answer) throws Exception {
    return answer.get(20, TimeUnit.SECONDS);
  }

  private void awaitWaiting(String node, int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cluster.node(node).node().map().read(m -> m.waitingCount()) == count);
  }

  /** S3-2, S3-36: as after its death, only that they are told where they stand. */
  @Test
  void who_waits_at_a_node_that_is_stopped_is_sent_away_and_keeps_its_place() throws Exception {
    String leader = cluster.leader();
    String follower = cluster.follower();
    try (RawClient staying = new RawClient(cluster.doorPort(leader, "w3"));
        RawClient leaving = new RawClient(cluster.doorPort(follower, "w3"))) {
      String token = get(stub(staying).lockAcquire(args(1, "1-1", ""))).getToken();
      var first = stub(leaving).lockAcquire(args(2, "2-1", ""));
      awaitWaiting(leader, 1);
      var second = stub(staying).lockAcquire(args(3, "3-1", ""));
      awaitWaiting(leader, 2);
      cluster.stopNode(follower);
      Response sentAway = get(first);
      assertThat(sentAway.getStatus()).isEqualTo(Status.SECONDARY_MODE);
      assertThat(sentAway.getErrorMessage()).contains("NODE_STOPPING");
      awaitWaiting(leader, 2);
      var again = stub(staying).lockAcquire(args(2, "2-1", ""));
      assertThat(get(stub(staying).lockRelease(args(1, "1-2", token))).getStatus())
          .isEqualTo(Status.OK);
      Response granted = get(again);
      assertThat(granted.getStatus()).isEqualTo(Status.OK);
      assertThat(second.isDone()).isFalse();
      assertThat(get(stub(staying).lockRelease(args(2, "2-2", granted.getToken()))).getStatus())
          .isEqualTo(Status.OK);
      assertThat(get(second).getStatus()).isEqualTo(Status.OK);
    }
  }
}
