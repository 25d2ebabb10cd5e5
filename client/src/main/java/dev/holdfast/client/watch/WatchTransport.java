package dev.holdfast.client.watch;

import dev.holdfast.protocol.v1.WatchRequest;

/**
 * How a watch reaches nodes: streams, named by numbers that the watch chooses. Nothing here blocks,
 * throws, or calls the watch back before it has returned.
 */
public interface WatchTransport {
  /**
   * Opens a stream and lets the node send one frame.
   *
   * @param stream the watch's number for it, never used before
   * @param endpoint host:port
   * @param request what to ask
   */
  void open(int stream, String endpoint, WatchRequest request);

  /**
   * Lets the node send another frame.
   *
   * @param stream an opened one; forgotten if it is not open any more
   */
  void readOneMore(int stream);

  /**
   * Drops a stream; nothing of it is reported any more, except what was under way.
   *
   * @param stream an opened one
   */
  void drop(int stream);
}
