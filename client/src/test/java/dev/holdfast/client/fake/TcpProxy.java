package dev.holdfast.client.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Between clients and a node, byte by byte: breaks connections after a number of bytes, or leaves
 * them open and carries nothing more, as a cable that was pulled does.
 */
public final class TcpProxy implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private final AtomicLong budgetOfNext = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean refusing;
  private final AtomicInteger accepted = new AtomicInteger();

  public TcpProxy(int targetPort) {
    target = targetPort;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  public String endpoint() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /** How many connections there have been. */
  public int accepted() {
    return accepted.get();
  }

  /** The next connection is reset after so many bytes to the client. */
  public void cutNextAfter(long bytesToClient) {
    budgetOfNext.set(bytesToClient);
  }

  /** The present connections are reset after so many more bytes to the client. */
  public void cutPresentAfter(long bytesToClient) {
    links.forEach(link -> link.budget.set(bytesToClient));
  }

  /** The present connections are reset after so many more bytes to the node. */
  public void cutPresentAfterSending(long bytesToNode) {
    links.forEach(link -> link.budgetToNode.set(bytesToNode));
  }

  /** Whether a present connection has been reset since it was made. */
  public boolean wasCut() {
    return links.stream().anyMatch(link -> link.cut);
  }

  /** Forgets the connections of before; the next {@link #wasCut} is about those to come. */
  public void forgetCut() {
    links.removeIf(link -> link.cut);
  }

  /** New connections are closed at once while this is on. */
  public void refuse(boolean on) {
    refusing = on;
  }

  /** The present connections stay open and carry nothing any more. */
  public void silencePresent() {
    links.forEach(link -> link.silent = true);
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Link link : links) {
      link.reset();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        accepted.incrementAndGet();
        if (refusing) {
          client.close();
          continue;
        }
        Link link = new Link(client, new Socket(door.getInetAddress(), target));
        link.budget.set(budgetOfNext.getAndSet(Long.MAX_VALUE));
        links.add(link);
        daemon(() -> link.pump(link.client, link.node, false));
        daemon(() -> link.pump(link.node, link.client, true));
      }
    } catch (IOException e) {
      if (!door.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection. */
  private static final class Link {
    final Socket client;
    final Socket node;
    final AtomicLong budget = new AtomicLong();
    final AtomicLong budgetToNode = new AtomicLong(Long.MAX_VALUE);
    volatile boolean cut;
    volatile boolean silent;

    Link(Socket client, Socket node) {
      this.client = client;
      this.node = node;
    }

    void pump(Socket from, Socket to, boolean toClient) {
      byte[] buffer = new byte[4_096];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          AtomicLong left = toClient ? budget : budgetToNode;
          if (silent) {
            continue;
          }
          int wanted = count;
          // In one step: the test may set another budget at any moment.
          long before = left.getAndUpdate(budget -> budget - Math.min(wanted, budget));
          int carried = (int) Math.min(count, before);
          out.write(buffer, 0, carried);
          if (carried == before) {
            cut = true;
            reset();
            return;
          }
        }
      } catch (IOException gone) {
        silent = true; // the other end is told by closing both
      }
    }

    void reset() throws IOException {
      if (!client.isClosed()) {
        client.setSoLinger(true, 0);
        client.close();
      }
      node.close();
    }
  }
}
