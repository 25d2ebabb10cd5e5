package dev.holdfast.verification.system;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** One TCP connection that a node opened to another, by way of a relay. */
final class RelayedConnection {
  private static final int PIECE_BYTES = 16 << 10;
  private static final int PIECES_UNDER_WAY = 64;

  private final String from;
  private final String to;
  private final Socket near;
  private final Socket far = new Socket();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  /**
   * A connection of which nothing is carried yet.
   *
   * @param from the node that opened it
   * @param to the node to which it goes
   * @param near the end that was accepted
   */
  RelayedConnection(String from, String to, Socket near) {
    this.from = from;
    this.to = to;
    this.near = near;
  }

  /** A piece of what was sent; an empty one is the end. */
  private static final class Piece {
    final byte[] bytes;
    final long dueNanos;

    Piece(byte[] bytes, long dueNanos) {
      this.bytes = bytes;
      this.dueNanos = dueNanos;
    }
  }

  /**
   * Begins to carry.
   *
   * @param there what may pass to {@code to}
   * @param back what may pass to {@code from}
   * @param realPort where {@code to} listens
   */
  void start(Direction there, Direction back, int realPort) {
    try {
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), realPort));
      carry(near, far, there);
      carry(far, near, back);
    } catch (IOException e) {
      close(); // nobody listens there
    }
  }

  private void carry(Socket source, Socket target, Direction direction) {
    BlockingQueue<Piece> underWay = new LinkedBlockingQueue<>(PIECES_UNDER_WAY);
    threads.add(Thread.ofVirtual().start(() -> read(source, underWay, direction)));
    threads.add(Thread.ofVirtual().start(() -> deliver(underWay, target, direction)));
  }

  private void read(Socket source, BlockingQueue<Piece> underWay, Direction direction) {
    byte[] buffer = new byte[PIECE_BYTES];
    try {
      int read = readOrEnd(source, buffer);
      while (read > 0) {
        long dueNanos = System.nanoTime() + direction.delayNanos();
        underWay.put(new Piece(Arrays.copyOf(buffer, read), dueNanos));
        read = readOrEnd(source, buffer);
      }
      underWay.put(new Piece(new byte[0], System.nanoTime()));
    } catch (InterruptedException e) {
      close();
    }
  }

  /** A connection that was reset is at its end too. */
  private static int readOrEnd(Socket source, byte[] buffer) {
    try {
      return source.getInputStream().read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  private void deliver(BlockingQueue<Piece> underWay, Socket target, Direction direction) {
    try {
      Piece piece = underWay.take();
      while (piece.bytes.length > 0) {
        direction.awaitDue(piece.dueNanos);
        for (int at = 0; at < piece.bytes.length; ) {
          int length = direction.take(piece.bytes.length - at);
          target.getOutputStream().write(piece.bytes, at, length);
          at += length;
        }
        piece = underWay.take();
      }
      // The end of a connection does not cross a cut either.
      direction.awaitOpen();
      close();
    } catch (IOException | InterruptedException e) {
      close();
    }
  }

  boolean isOf(String node) {
    return from.equals(node) || to.equals(node);
  }

  boolean isOver() {
    return over;
  }

  /** Ends it at once; what is under way never arrives. */
  void close() {
    over = true;
    close(near);
    close(far);
    threads.stream()
        .filter(thread -> !thread.equals(Thread.currentThread()))
        .forEach(Thread::interrupt);
  }

  static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError("a socket could not be closed", e);
    }
  }
}
