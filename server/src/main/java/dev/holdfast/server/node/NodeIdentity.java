package dev.holdfast.server.node;

import dev.holdfast.replication.NodeId;
import java.util.Map;

/**
 * Who a node is to its clients.
 *
 * @param id its name in the cluster
 * @param clientEndpoint {@code host:port} under which clients reach it
 * @param version of this program
 * @param configuredEndpoints client endpoints of other nodes, as far as the configuration tells
 */
public record NodeIdentity(
    NodeId id, String clientEndpoint, String version, Map<NodeId, String> configuredEndpoints) {
  public NodeIdentity {
    configuredEndpoints = Map.copyOf(configuredEndpoints);
  }
}
