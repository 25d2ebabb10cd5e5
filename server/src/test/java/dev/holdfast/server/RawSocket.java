package dev.holdfast.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A TCP connection to a door, as the clients of old wires make it. */
final class RawSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;

  RawSocket(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  int localPort() {
    return socket.getLocalPort();
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Asks, and reads one JSON object. */
  String ask(String text) throws IOException {
    send(text);
    return object();
  }

  /** The next JSON object; none of ours has a brace inside. */
  String object() throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    int next;
    do {
      next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("the door closed after '" + answer + "'");
      }
      answer.write(next);
    } while (next != '}');
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** As many bytes as an answer has that is expected. */
  String bytes(int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
  }

  /** All that comes before the door closes. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Says that nothing more will be sent. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends it as a crash does. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
