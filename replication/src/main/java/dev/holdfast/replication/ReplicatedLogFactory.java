package dev.holdfast.replication;

/** Makes a log; one implementation for each engine. */
@FunctionalInterface
public interface ReplicatedLogFactory {
  /**
   * Makes a log that is not started yet. Touches neither disk nor network.
   *
   * @param config what to open
   * @param replica what the log drives
   * @param fatalHandler hears of the errors that must end the process
   */
  ReplicatedLog create(ReplicationConfig config, Replica replica, FatalHandler fatalHandler);
}
