package dev.holdfast.server.door;

import dev.holdfast.server.door.traffic.DoorTraffic;
import java.io.IOException;

/** A wire on which clients reach this node. A new one is a new package beside the others. */
public interface Door {
  /** What it is called in logs and in the configuration. */
  String name();

  /** Where it listens, {@code host:port}; for a person. */
  String address();

  /** What has come through it so far. */
  DoorTraffic traffic();

  /**
   * Binds its port and lets clients in.
   *
   * @throws IOException if the port cannot be bound
   */
  void start() throws IOException;

  /** Lets nobody in any more and ends what is open, waiting for at most so long. */
  void stop(long patienceMillis);
}
