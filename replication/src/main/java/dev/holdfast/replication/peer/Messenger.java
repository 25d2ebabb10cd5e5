package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerMessenger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Messages on the second stream of each pair of nodes. */
final class Messenger implements PeerMessenger {
  private final Links links;
  private volatile BiConsumer<NodeId, byte[]> handler = (from, message) -> {};

  Messenger(Links links) {
    this.links = links;
  }

  @Override
  public boolean send(NodeId to, byte[] message) {
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException("a message of " + message.length + " bytes is too large");
    }
    return links.send(to, message);
  }

  @Override
  public void onMessage(BiConsumer<NodeId, byte[]> newHandler) {
    handler = newHandler;
  }

  @Override
  public void onPeerConnected(Consumer<NodeId> newHandler) {
    links.onUp(peer -> newHandler.accept(peer.id()));
  }

  @Override
  public void onPeerDisconnected(Consumer<NodeId> newHandler) {
    links.onDown(peer -> newHandler.accept(peer.id()));
  }

  void deliver(NodeId from, byte[] message) {
    handler.accept(from, message);
  }
}
