package dev.holdfast.replication.peer;

/** Takes the requests of other nodes. */
public interface RequestHandler {
  /**
   * Called on the thread of the stream, in the order of arrival; the next request waits for it.
   * Work that need not be ordered goes to another thread.
   */
  void onRequest(InboundStream stream, byte[] frame);

  /** Called on the thread of the stream after its last request. */
  void onClosed(InboundStream stream);
}
