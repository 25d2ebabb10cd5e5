package dev.holdfast.cli.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Ports of the loopback interface at which nobody listens. They lie below the range from which
 * systems take ports for outgoing connections, so that nobody takes one by accident while a node is
 * down.
 */
final class FreePorts {
  private static final int FIRST = 15_000;
  private static final int LAST = 29_999;

  private FreePorts() {}

  static List<Integer> find(int count, RandomGenerator random) throws IOException {
    List<Integer> ports = new ArrayList<>();
    int start = random.nextInt(FIRST, LAST);
    for (int i = 0; i <= LAST - FIRST && ports.size() < count; i++) {
      int port = FIRST + (start - FIRST + i) % (LAST - FIRST + 1);
      if (isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IOException(
          "there are no " + count + " free ports between " + FIRST + " and " + LAST);
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
