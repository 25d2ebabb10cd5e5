package dev.holdfast.replication.disk;

import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * With which members, on which disks, a cluster began. Made once, by the founder, and kept by every
 * member; docs/design/replication.md says why.
 *
 * @param founderDisk the disk of the node that made it
 * @param members all of the first members
 */
public record FoundingRecord(String founderDisk, List<FoundingMember> members) {
  public FoundingRecord {
    members = List.copyOf(members);
  }

  /**
   * A first member.
   *
   * @param disk the name that its empty data directory had given itself
   */
  public record FoundingMember(String node, String peerAddress, String disk) {
    public Member toMember() {
      return Member.initial(new NodeId(node), peerAddress);
    }
  }

  /** The disk with which a node was counted in, if it was. */
  public Optional<String> diskOf(NodeId node) {
    return members.stream()
        .filter(member -> member.node().equals(node.value()))
        .map(FoundingMember::disk)
        .findFirst();
  }
}
