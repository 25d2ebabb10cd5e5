package dev.holdfast.replication.jraft;

import dev.holdfast.replication.FatalHandler;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.replication.ReplicatedLogFactory;
import dev.holdfast.replication.ReplicationConfig;

/** Makes logs on SOFAJRaft. */
public final class JRaftLogFactory implements ReplicatedLogFactory {
  @Override
  public ReplicatedLog create(
      ReplicationConfig config, Replica replica, FatalHandler fatalHandler) {
    throw new UnsupportedOperationException("to be written");
  }
}
