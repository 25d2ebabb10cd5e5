package dev.holdfast.client;

import java.util.List;

/**
 * What a node is, and the bounds that it works with.
 *
 * @param nodeId its name
 * @param cluster its cluster's name
 * @param version of its program
 * @param clientEndpoint what it tells clients to connect to
 * @param doors where it lets clients in
 * @param limits those that are set, then those that nobody can set
 */
public record NodeInfo(
    String nodeId,
    String cluster,
    String version,
    String clientEndpoint,
    List<DoorStatus> doors,
    List<NodeLimit> limits) {}
