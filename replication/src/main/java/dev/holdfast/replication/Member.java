package dev.holdfast.replication;

/**
 * A voting member of the cluster.
 *
 * @param id its name, which it keeps when it gets a new disk
 * @param incarnation which life of that name: a node that has lost its disk has also forgotten its
 *     votes, so it comes back as a member with a higher number, never as the one that it was
 * @param peerAddress {@code host:port} under which the other nodes reach it
 */
public record Member(NodeId id, int incarnation, String peerAddress) {
  public Member {
    if (incarnation < 0) {
      throw new IllegalArgumentException("an incarnation is not negative: " + incarnation);
    }
    PeerAddress.parse(peerAddress);
  }

  /** A member of a cluster that is yet to be founded. */
  public static Member initial(NodeId id, String peerAddress) {
    return new Member(id, 0, peerAddress);
  }
}
