package dev.holdfast.server.watch;

import dev.holdfast.protocol.v1.WatchFrame;

/** A watcher's stream, as the node sees it. Called on the node's thread only; nothing blocks. */
public interface WatchConnection {
  /**
   * Whether a frame would leave at once. When that turns from no to yes, the door says so, as
   * {@link WatchDesk#onReady} demands.
   */
  boolean isReady();

  /** Writes a frame. A connection that is gone drops it. */
  void send(WatchFrame frame);

  /** Ends the stream after what was sent. Doing it twice does nothing. */
  void end();
}
