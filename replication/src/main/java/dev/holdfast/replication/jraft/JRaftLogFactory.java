package dev.holdfast.replication.jraft;

import dev.holdfast.replication.FatalHandler;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.replication.ReplicatedLogFactory;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.peer.ProcessNumber;
import java.security.SecureRandom;

/** Makes logs on SOFAJRaft. Several nodes may live in one process. */
public final class JRaftLogFactory implements ReplicatedLogFactory {
  @Override
  public ReplicatedLog create(
      ReplicationConfig config, Replica replica, FatalHandler fatalHandler) {
    EngineDefaults.apply();
    return new JRaftLog(config, replica, fatalHandler, ProcessNumber.draw(new SecureRandom()));
  }
}
