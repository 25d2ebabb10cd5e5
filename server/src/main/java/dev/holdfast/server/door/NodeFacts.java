package dev.holdfast.server.door;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a node tells about itself beside its map.
 *
 * @param cluster the cluster's name
 * @param doors all that it has; asked when all are made
 * @param limits the bounds that it works with, in the order in which they are told
 */
public record NodeFacts(String cluster, Supplier<List<Door>> doors, List<NodeLimit> limits) {}
