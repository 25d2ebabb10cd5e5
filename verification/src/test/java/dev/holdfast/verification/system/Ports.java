package dev.holdfast.verification.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports of the loopback interface, each handed out once a run; below those that the system
 * gives to outgoing connections, so that a node that was killed finds its own free again.
 */
final class Ports {
  private static final int FIRST = 24_000;
  private static final int COUNT = 4_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 61 % COUNT));

  private Ports() {}

  static int next() {
    IOException last = null;
    for (int tried = 0; tried < COUNT; tried++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IllegalStateException("no free port from " + FIRST + " on", last);
  }
}
