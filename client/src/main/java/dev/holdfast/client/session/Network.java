package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.NodeFrame;
import java.util.concurrent.ScheduledExecutorService;

/** Where sessions live: one thread, and streams whose events arrive on any thread. */
public interface Network extends AutoCloseable {
  /** What happens on streams. */
  interface StreamEvents {
    /**
     * A frame arrived.
     *
     * @param stream the stream's number
     * @param frame what the node said
     */
    void frameArrived(int stream, NodeFrame frame);

    /**
     * A stream is gone; nothing of it follows.
     *
     * @param stream the stream's number
     * @param why for a person
     */
    void streamClosed(int stream, String why);
  }

  /** The single thread on which sessions are driven. */
  ScheduledExecutorService loop();

  /**
   * Streams for one session.
   *
   * @param events told what happens on them, in order for each stream
   */
  Transport transport(StreamEvents events);

  /** Ends streams, connections and the thread. */
  @Override
  void close();
}
