package dev.holdfast.server.door.traffic;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what goes through one door. Any thread may count and any may look; nobody waits. A
 * connection is also told in the log, at debug level only, because anybody can open many.
 */
public final class DoorTraffic {
  private static final Logger LOGGER = LoggerFactory.getLogger(DoorTraffic.class);

  private final String door;
  private final AtomicLong open = new AtomicLong();
  private final LongAdder connections = new LongAdder();
  private final LongAdder requests = new LongAdder();

  /** Nothing yet. */
  public DoorTraffic(String door) {
    this.door = door;
  }

  /** A client was let in. */
  public void opened(String peer) {
    connections.increment();
    long now = open.incrementAndGet();
    LOGGER.debug("connection_opened door={} peer={} open={}", door, peer, now);
  }

  /** The connection of a client that was let in is gone. */
  public void closed(String peer) {
    long now = open.decrementAndGet();
    LOGGER.debug("connection_closed door={} peer={} open={}", door, peer, now);
  }

  /** A whole request has arrived, whatever it says. */
  public void requested() {
    requests.increment();
  }

  /** Connections that are open now. */
  public long connectionsOpen() {
    return open.get();
  }

  /** Connections since the node started. */
  public long connections() {
    return connections.sum();
  }

  /** Requests since the node started. */
  public long requests() {
    return requests.sum();
  }
}
