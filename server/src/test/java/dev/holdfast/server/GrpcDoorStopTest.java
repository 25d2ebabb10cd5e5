package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.LocksGrpc;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.door.grpc.GrpcDoor;
import dev.holdfast.server.door.grpc.GrpcDoorSettings;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.ReadPermit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second door of a node, which is stopped while the node lives on. */
class GrpcDoorStopTest {
  @TempDir private Path data;

  @Test
  void read_that_is_let_pass_after_its_door_was_stopped_harms_nobody() throws Exception {
    try (TestCluster cluster = TestCluster.start(data, 1)) {
      NodeHost node = cluster.node("n1").node();
      int port = Ports.next();
      GrpcDoor door =
          new GrpcDoor(
              node,
              new GrpcDoorSettings(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                  1 << 20,
                  1 << 20,
                  10_000,
                  5_000,
                  1,
                  null),
              new NodeFacts("test", List::of, List.of()));
      door.start();
      CountDownLatch goOn = new CountDownLatch(1);
      Thread busy = Thread.ofPlatform().start(() -> node.onLoop(_ -> waitFor(goOn)));
      try (RawClient client = new RawClient(port)) {
        var _ =
            LocksGrpc.newFutureStub(client.channel)
                .check(CheckRequest.newBuilder().setLock("a").build());
        await().atMost(Duration.ofSeconds(20)).until(() -> door.traffic().requests() == 1);
        door.stop(500);
      } finally {
        goOn.countDown();
        busy.join();
      }
      CompletableFuture<ReadPermit> permit = new CompletableFuture<>();
      node.read(0, permit::complete);
      assertThat(permit.get(20, TimeUnit.SECONDS)).isEqualTo(ReadPermit.ALLOWED);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
