package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;

/** Another node and where it is expected to be. */
public record Peer(NodeId id, PeerAddress address) {
  @Override
  public String toString() {
    return id + "@" + address;
  }
}
