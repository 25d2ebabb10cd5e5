package dev.holdfast.server.node;

import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.replication.NodeId;

/** Sends messages to the other nodes, as {@link dev.holdfast.replication.PeerMessenger} does. */
@FunctionalInterface
public interface Peers {
  /**
   * Best effort, without blocking.
   *
   * @return false if the message was dropped at once
   */
  boolean send(NodeId to, PeerMessage message);
}
