package dev.holdfast.replication.jraft;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeIdInUseException;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.disk.DataDirectory;
import dev.holdfast.replication.disk.FoundingRecord;
import dev.holdfast.replication.peer.PeerTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether this process may take part as the node that it is configured to be. A node that votes
 * twice gives a term two leaders, so the question comes before its engine runs.
 */
final class OwnIdentity {
  private final ReplicationConfig config;

  OwnIdentity(ReplicationConfig config) {
    this.config = config;
  }

  /** Who may know of another process of this node, before the log is read. */
  List<Member> witnesses(DataDirectory directory) {
    FoundingRecord founding = directory.record().founding();
    return config.initialMembers().isEmpty() && founding != null
        ? founding.members().stream().map(FoundingRecord.FoundingMember::toMember).toList()
        : config.initialMembers();
  }

  /**
   * Waits until no witness turns this process away.
   *
   * @throws NodeIdInUseException if one hears from another process of this node all the time
   */
  void requireOnlyProcess(PeerTransport transport) throws IOException {
    Optional<String> other;
    try {
      other = transport.awaitWelcome();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted before the node could start");
    }
    if (other.isPresent()) {
      throw new NodeIdInUseException(inUse(other.get()));
    }
  }

  /** What to tell the operator of this node. */
  String inUse(String other) {
    return "node %s of cluster %s runs already: %s. Two processes of one id would vote twice, so"
            .formatted(config.self(), config.cluster(), other)
        + " this one ends. If the other is the right one, give this one a node.id and a data"
        + " directory of its own; if not, stop the other and start this one again";
  }

  /**
   * The members stand in the log with their addresses. Who is there under another address is a copy
   * of that member, or has moved; nobody would ask it for its vote.
   */
  void requireOwnAddress(List<Member> members) throws DataRefusedException {
    PeerAddress own = PeerAddress.parse(config.peerAddress());
    for (Member member : members) {
      PeerAddress known = PeerAddress.parse(member.peerAddress());
      if (member.id().equals(config.self()) && !known.equals(own)) {
        throw new DataRefusedException(
            "the log in %s says that %s is a member at %s, but its configuration says %s."
                    .formatted(config.dataDirectory(), config.self(), known, own)
                + " Set the address back to "
                + known
                + "; if the member has moved, remove it from the cluster and add it with an empty"
                + " data directory; if this is a copy of its data, do not use it");
      }
    }
  }
}
