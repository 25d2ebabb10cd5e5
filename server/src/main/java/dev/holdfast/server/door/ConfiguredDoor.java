package dev.holdfast.server.door;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;

/**
 * A door that the configuration asks for.
 *
 * @param factory what makes it
 * @param settings its own
 * @param bind where it listens
 * @param place as in {@link DoorSite}
 */
public record ConfiguredDoor(
    DoorFactory factory, DoorSettings settings, PeerAddress bind, int place) {

  /** The door, not open yet. */
  public Door make(NodeId node, DoorClients clients, Runnable stopNode) {
    return factory.make(settings, new DoorSite(node, place, bind, clients, stopNode));
  }
}
