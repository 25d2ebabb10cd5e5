package dev.holdfast.replication;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node needs to know to keep its end of the log.
 *
 * @param cluster the cluster's name: a letter, then up to 62 letters, digits, {@code -} and {@code
 *     _}; nodes of another name are turned away
 * @param self this node
 * @param peerAddress {@code host:port} under which the others reach this node
 * @param bindAddress {@code host:port} on which it listens, and on no other
 * @param initialMembers the members with which the cluster is founded, the same list on every one
 *     of them; empty for a node that joins an existing cluster. Only read while the disk is empty
 * @param dataDirectory where everything is kept
 * @param electionTimeoutMillis silence of a leader after which a follower stands
 * @param maxElectionDelayMillis random addition to it
 * @param snapshots when to write snapshots
 * @param tls mutual TLS between the nodes, or null for none
 * @param propagateCommits whether a leader tells idle followers of a commit at once or within some
 *     milliseconds, see {@link ReplicatedLog#propagateCommit}, not only with the next heartbeat
 */
public record ReplicationConfig(
    String cluster,
    NodeId self,
    String peerAddress,
    String bindAddress,
    List<Member> initialMembers,
    Path dataDirectory,
    int electionTimeoutMillis,
    int maxElectionDelayMillis,
    SnapshotPolicy snapshots,
    @Nullable PeerTls tls,
    boolean propagateCommits) {
  private static final Pattern CLUSTER = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,62}");

  public ReplicationConfig {
    initialMembers = List.copyOf(initialMembers);
    if (!CLUSTER.matcher(cluster).matches()) {
      throw new IllegalArgumentException(
          "a cluster's name is a letter and up to 62 letters, digits, - and _: " + cluster);
    }
    PeerAddress.parse(peerAddress);
    PeerAddress.parse(bindAddress);
    if (electionTimeoutMillis < 50 || maxElectionDelayMillis < 1) {
      throw new IllegalArgumentException("elections take at least 50 ms plus a random delay");
    }
    requireMembers(self, peerAddress, initialMembers);
  }

  private static void requireMembers(NodeId self, String address, List<Member> members) {
    if (members.stream().map(Member::id).distinct().count() != members.size()
        || members.stream().map(Member::peerAddress).distinct().count() != members.size()) {
      throw new IllegalArgumentException("two members share a name or an address: " + members);
    }
    if (!members.isEmpty() && !members.contains(Member.initial(self, address))) {
      throw new IllegalArgumentException(
          self + " at " + address + " is not among the initial members " + members);
    }
  }

  /** A configuration with the defaults, to be changed by the {@code with} methods. */
  public static ReplicationConfig of(
      String cluster, Member self, List<Member> initialMembers, Path dataDirectory) {
    return new ReplicationConfig(
        cluster,
        self.id(),
        self.peerAddress(),
        self.peerAddress(),
        initialMembers,
        dataDirectory,
        500,
        150,
        SnapshotPolicy.DEFAULT,
        null,
        true);
  }

  public ReplicationConfig withBindAddress(String address) {
    return new ReplicationConfig(
        cluster,
        self,
        peerAddress,
        address,
        initialMembers,
        dataDirectory,
        electionTimeoutMillis,
        maxElectionDelayMillis,
        snapshots,
        tls,
        propagateCommits);
  }

  public ReplicationConfig withElection(int timeoutMillis, int maxDelayMillis) {
    return new ReplicationConfig(
        cluster,
        self,
        peerAddress,
        bindAddress,
        initialMembers,
        dataDirectory,
        timeoutMillis,
        maxDelayMillis,
        snapshots,
        tls,
        propagateCommits);
  }

  public ReplicationConfig withSnapshots(SnapshotPolicy policy) {
    return new ReplicationConfig(
        cluster,
        self,
        peerAddress,
        bindAddress,
        initialMembers,
        dataDirectory,
        electionTimeoutMillis,
        maxElectionDelayMillis,
        policy,
        tls,
        propagateCommits);
  }

  public ReplicationConfig withTls(@Nullable PeerTls pem) {
    return new ReplicationConfig(
        cluster,
        self,
        peerAddress,
        bindAddress,
        initialMembers,
        dataDirectory,
        electionTimeoutMillis,
        maxElectionDelayMillis,
        snapshots,
        pem,
        propagateCommits);
  }

  public ReplicationConfig withPropagateCommits(boolean propagate) {
    return new ReplicationConfig(
        cluster,
        self,
        peerAddress,
        bindAddress,
        initialMembers,
        dataDirectory,
        electionTimeoutMillis,
        maxElectionDelayMillis,
        snapshots,
        tls,
        propagate);
  }
}
