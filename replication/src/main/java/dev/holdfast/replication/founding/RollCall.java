package dev.holdfast.replication.founding;

import java.util.List;

/**
 * What a node with an empty disk asks every other initial member.
 *
 * @param node who asks
 * @param disk the name of its disk
 * @param initialMembers {@code id@host:port} of all initial members that it was configured with,
 *     sorted
 */
record RollCall(String node, String disk, List<String> initialMembers) {}
