package dev.holdfast.server.node;

import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;

/**
 * What a node asks of the replicated log while it works. Listeners are called on the thread that
 * drives the node, which the host of the node sees to.
 */
public interface NodeLog {
  /** As {@link dev.holdfast.replication.ReplicatedLog#propose}. */
  void propose(long term, byte[] entry, ProposalListener listener);

  /**
   * As {@link dev.holdfast.replication.ReplicatedLog#propagateCommit}; a hint, which a log whose
   * followers learn of every commit at once may ignore.
   */
  default void propagateCommit(long index) {}

  /** As {@link dev.holdfast.replication.ReplicatedLog#readIndex}. */
  void readIndex(ReadListener listener);
}
