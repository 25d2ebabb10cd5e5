package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Endpoint;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.peer.Peer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Members as the engine names them: {@code n1@host:port:incarnation}.
 *
 * <p>The engine takes what stands before the port for a host and never looks into it, since the
 * transport is ours. So the node's name travels inside the configuration entries of the log and
 * inside the snapshots, and needs no directory of its own; and the engine's index of a peer at its
 * address, which makes it another voter, is the incarnation. Since the engine splits such a text at
 * its colons, those of an IPv6 address become {@code !}, which is in no host.
 */
final class Peers {
  private static final char NAME_ENDS = '@';
  private static final char COLON_OF_ADDRESS = '!';

  private Peers() {}

  static PeerId toPeerId(Member member) {
    PeerAddress address = PeerAddress.parse(member.peerAddress());
    return new PeerId(
        member.id().value() + NAME_ENDS + address.host().replace(':', COLON_OF_ADDRESS),
        address.port(),
        member.incarnation());
  }

  static Member toMember(PeerId peer) {
    Peer parsed = toPeer(peer.getEndpoint());
    return new Member(parsed.id(), peer.getIdx(), parsed.address().toString());
  }

  static Peer toPeer(Endpoint endpoint) {
    String text = endpoint.getIp();
    int end = text.indexOf(NAME_ENDS);
    if (end < 0) {
      throw new IllegalArgumentException("a peer without a name: " + endpoint);
    }
    return new Peer(
        new NodeId(text.substring(0, end)),
        new PeerAddress(
            text.substring(end + 1).replace(COLON_OF_ADDRESS, ':'), endpoint.getPort()));
  }

  static NodeId name(PeerId peer) {
    return toPeer(peer.getEndpoint()).id();
  }

  static Configuration toConfiguration(Collection<Member> members) {
    return new Configuration(members.stream().map(Peers::toPeerId).toList());
  }

  static List<Member> toMembers(Configuration configuration) {
    return configuration.listPeers().stream()
        .map(Peers::toMember)
        .sorted(Comparator.comparing(Member::id).thenComparingInt(Member::incarnation))
        .toList();
  }
}
