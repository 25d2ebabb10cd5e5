package dev.holdfast.server.door.tcp;

/** What a connection does to its client. */
public interface Link {
  void send(byte[] bytes);

  /** Closes the connection when all that was sent is out. */
  void close();

  /** Whether more is read; what is not read waits at the client. */
  void read(boolean more);

  /** A whole request of the client has arrived, whatever it says. */
  void requested();

  /** The client's {@code ip:port}. */
  String peer();
}
