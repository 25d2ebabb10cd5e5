package dev.holdfast.client.watch;

import dev.holdfast.protocol.v1.WatchFrame;
import java.util.concurrent.ScheduledExecutorService;

/** Where watches live: one thread, and streams whose events arrive on any thread. */
public interface WatchNetwork {
  /** What happens on streams. */
  interface StreamEvents {
    /**
     * A frame arrived.
     *
     * @param stream the stream's number
     * @param frame what the node said
     */
    void frameArrived(int stream, WatchFrame frame);

    /**
     * A stream is gone; nothing of it follows.
     *
     * @param stream the stream's number
     * @param why for a person
     */
    void streamClosed(int stream, String why);
  }

  /** The single thread on which watches are driven. */
  ScheduledExecutorService loop();

  /**
   * Streams for one watch.
   *
   * @param events told what happens on them, in order for each stream
   */
  WatchTransport watchTransport(StreamEvents events);
}
