package dev.holdfast.replication.disk;

import org.jspecify.annotations.Nullable;

/**
 * The content of {@code node.json}: whose data this is.
 *
 * @param format 1
 * @param cluster the cluster's name
 * @param node the node's name
 * @param disk a random name that this directory got when it was made; a node that comes back with
 *     another one has lost what it promised
 * @param incarnation which life of the node this is
 * @param voter whether the node may have voted or acknowledged entries from this disk; written
 *     before it does
 * @param participated whether it has seen a leader, so that its votes and its log must exist
 * @param founding how the cluster began, or null while this node does not know
 */
public record NodeRecord(
    int format,
    String cluster,
    String node,
    String disk,
    int incarnation,
    boolean voter,
    boolean participated,
    @Nullable FoundingRecord founding) {
  static final int FORMAT = 1;

  static NodeRecord fresh(String cluster, String node, String disk) {
    return new NodeRecord(FORMAT, cluster, node, disk, 0, false, false, null);
  }

  /** This node as a voter from now on. */
  public NodeRecord asVoter(int newIncarnation, @Nullable FoundingRecord newFounding) {
    return new NodeRecord(
        format, cluster, node, disk, newIncarnation, true, participated, newFounding);
  }

  NodeRecord asParticipant() {
    return new NodeRecord(format, cluster, node, disk, incarnation, voter, true, founding);
  }
}
