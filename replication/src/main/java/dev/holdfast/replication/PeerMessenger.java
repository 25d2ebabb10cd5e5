package dev.holdfast.replication;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One-way messages between nodes, on the peer port: best effort, in order from one node to another,
 * without order between nodes. A message that was sent may still be lost with its connection.
 *
 * <p>The handlers are set before {@link ReplicatedLog#start}. Messages of one peer are handed over
 * one after another; those of several peers at the same time, on threads of the transport.
 */
public interface PeerMessenger {
  /**
   * Sends if there is a connection with room for it. Never blocks.
   *
   * @param to a member; a message to oneself is refused
   * @param message at most {@link #MAX_MESSAGE_BYTES}, not to be changed afterwards
   * @return false if it was dropped
   */
  boolean send(NodeId to, byte[] message);

  /** Sets who reads messages; must not block for long, since it holds up that peer's stream. */
  void onMessage(BiConsumer<NodeId, byte[]> handler);

  /** Sets who hears that messages can be sent to a node from now on. */
  void onPeerConnected(Consumer<NodeId> handler);

  /** Sets who hears that the connection to a node is gone. */
  void onPeerDisconnected(Consumer<NodeId> handler);

  /** The largest message that can be sent. */
  int MAX_MESSAGE_BYTES = 16 << 20;
}
