package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.ClientFrame;

/**
 * How a session reaches nodes: streams, named by numbers that the session chooses. Nothing here
 * blocks, throws, or calls the session back before it has returned. What arrives is handed to
 * {@link SessionMachine#frameArrived} and {@link SessionMachine#streamClosed}, in order for each
 * stream, by the thread that drives the session.
 */
public interface Transport {
  /**
   * Begins to open a stream. Frames may be sent at once.
   *
   * @param stream the session's number for it, never used before
   * @param endpoint host:port
   */
  void open(int stream, String endpoint);

  /**
   * Sends a frame, after those sent before; forgotten if the stream is not open any more.
   *
   * @param stream an opened one
   * @param frame what to send
   */
  void send(int stream, ClientFrame frame);

  /**
   * Drops a stream; nothing of it is reported any more, except what was under way.
   *
   * @param stream an opened one
   */
  void drop(int stream);
}
