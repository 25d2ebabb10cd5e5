package dev.holdfast.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports of the loopback interface, each handed out once a run. They lie below those that the
 * system gives to outgoing connections and to whoever asks for any port: it may give such a port
 * twice in a row, and may give a stopped node's port to somebody else.
 */
public final class Ports {
  private static final int FIRST = 20_000;
  private static final int COUNT = 2_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % COUNT));

  private Ports() {}

  public static int next() {
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
