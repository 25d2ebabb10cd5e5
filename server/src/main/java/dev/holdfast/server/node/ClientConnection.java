package dev.holdfast.server.node;

import dev.holdfast.protocol.v1.NodeFrame;

/**
 * A client's stream, as the node sees it. Called on the node's thread only; nothing here blocks.
 */
public interface ClientConnection {
  /** Writes a frame. A connection that is gone, or whose client does not read, drops it. */
  void send(NodeFrame frame);

  /** Lets the client send one frame more. Called once for each frame that was consumed. */
  void readOneMore();

  /** Ends the stream after what was sent. Doing it twice does nothing. */
  void end();

  /**
   * Ends the stream because another one has taken its place.
   *
   * @param detail for a person
   */
  void endSuperseded(String detail);
}
