package dev.holdfast.verification.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports of the loopback interface, each handed out once a run; below those that the system
 * gives to outgoing connections and those that {@code holdfast demo} takes, so that a node that was
 * killed finds its own free again.
 */
final class Ports {
  private static final int FIRST = 10_000;
  private static final int COUNT = 2_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 61 % COUNT));

  /** Tests run in several processes at a time, each of which has ports of its own. */
  private static final int OF_PROCESS =
      FIRST + COUNT * ((Integer.getInteger("holdfast.fork", 1) - 1) % 2);

  private Ports() {}

  static int next() {
    IOException last = null;
    for (int tried = 0; tried < COUNT; tried++) {
      int port = OF_PROCESS + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IllegalStateException("no free port from " + OF_PROCESS + " on", last);
  }
}
