package dev.holdfast.server.door.tcp;

/** One client's connection, as a state machine of a wire. Called on the door's thread. */
public interface Connection {
  /** What one read brought: part of a request, a request, or several. */
  void onBytes(byte[] bytes);

  /** The client will send nothing more, and may still read. */
  void onInputEnd();

  /** It is gone; nothing that is sent arrives. Called once, last. */
  void onClosed();
}
