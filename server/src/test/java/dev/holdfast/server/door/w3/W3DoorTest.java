package dev.holdfast.server.door.w3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.w3.v1.FileArgs;
import dev.holdfast.protocol.w3.v1.LockServiceGrpc;
import dev.holdfast.protocol.w3.v1.Response;
import dev.holdfast.protocol.w3.v1.Status;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.Ports;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.FakeCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The port of this wire. */
class W3DoorTest {
  private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  /** As a client is of which the machine or the network is gone, as far as the node can see. */
  @Test
  void a_connection_that_gives_no_sign_of_life_is_closed() throws Exception {
    int port = Ports.next();
    W3Door door = door(port);
    door.start();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
      client
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().write(EMPTY_SETTINGS);
      InputStream in = client.getInputStream();
      int heard = 0;
      while (in.read() >= 0) {
        heard++;
      }
      assertThat(heard).as("it was asked").isPositive();
    } finally {
      door.stop(500);
    }
  }

  /** An append may have 1 MiB, and what it is packed into must be let in too. */
  @Test
  void the_longest_append_is_let_in() throws Exception {
    int port = Ports.next();
    W3Door door = door(port);
    door.start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      Response response =
          LockServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .fileAppend(
                  FileArgs.newBuilder()
                      .setClientId(1)
                      .setToken("7")
                      .setFilename("file_0")
                      .setContent(ByteString.copyFrom(new byte[1 << 20]))
                      .build());
      assertThat(response.getStatus()).isEqualTo(Status.INVALID_TOKEN);
    } finally {
      channel.shutdownNow();
      door.stop(500);
    }
  }

  private static W3Door door(int port) {
    return new W3Door(
        W3Settings.DEFAULT,
        new DoorSite(
            new NodeId("n1"), 0, new PeerAddress("127.0.0.1", port), new FakeCluster(), () -> {}));
  }
}
