package dev.holdfast.server.door.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.Ports;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.FakeCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The port of a wire on TCP. */
class TcpDoorTest {
  private static final String ESTABLISHED = "01";
  private static final String KEEP_ALIVE = "02";
  private static final int TICKS_A_SECOND = 100;

  private static final class Echo implements Connection {
    private final Link link;

    Echo(Link link) {
      this.link = link;
    }

    @Override
    public void onBytes(byte[] bytes) {
      link.send(bytes);
    }

    @Override
    public void onInputEnd() {
      link.close();
    }

    @Override
    public void onClosed() {}
  }

  /** In how many seconds the system asks the clients of a port whether they are there. */
  private static List<Integer> secondsUntilAsked(int port) throws IOException {
    List<Integer> seconds = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String row : Files.readAllLines(Path.of("/proc/net", table))) {
        String[] columns = row.trim().split("\\s+", -1);
        if (columns[1].endsWith(":%04X".formatted(port)) && columns[3].equals(ESTABLISHED)) {
          String[] timer = columns[5].split(":", -1);
          assertThat(timer[0]).isEqualTo(KEEP_ALIVE);
          seconds.add(Integer.parseInt(timer[1], 16) / TICKS_A_SECOND);
        }
      }
    }
    return seconds;
  }

  /** A client whose machine or network is gone says nothing more, not even that it is gone. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void a_silent_client_is_soon_asked_whether_it_is_there() throws Exception {
    int port = Ports.next();
    TcpDoor door =
        new TcpDoor(
            "echo",
            new DoorSite(
                new NodeId("n1"),
                0,
                new PeerAddress("127.0.0.1", port),
                new FakeCluster(),
                () -> {}),
            10,
            _ -> Echo::new);
    door.start();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.getOutputStream().write('x');
      assertThat(client.getInputStream().read()).isEqualTo('x');
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(secondsUntilAsked(port)).hasSize(1).allMatch(each -> each <= 10));
    } finally {
      door.stop(500);
    }
  }
}
