package dev.holdfast.server.node;

import dev.holdfast.protocol.peer.v1.Announcement;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells the other nodes every second how this one stands, and remembers what they tell. */
final class Announcer {
  static final long INTERVAL_NANOS = 1_000_000_000;

  /** What a peer said last, and when. */
  record Heard(Announcement announcement, long heardAtNanos) {}

  private final NodeId self;
  private final Peers peers;
  private final Map<NodeId, String> configuredEndpoints;
  private final Map<NodeId, Heard> heard = new TreeMap<>();
  private List<Member> members = List.of();
  private long nextNanos;

  /**
   * @param configuredEndpoints client endpoints from the configuration, used until a node has
   *     announced its own
   */
  Announcer(NodeId self, Peers peers, Map<NodeId, String> configuredEndpoints, long nowNanos) {
    this.self = self;
    this.peers = peers;
    this.configuredEndpoints = new TreeMap<>(configuredEndpoints);
    this.nextNanos = nowNanos;
  }

  void onMembers(List<Member> current) {
    members = current;
  }

  void onAnnouncement(NodeId from, Announcement announcement, long nowNanos) {
    heard.put(from, new Heard(announcement, nowNanos));
  }

  boolean isDue(long nowNanos) {
    return nowNanos - nextNanos >= 0;
  }

  long nanosUntilDue(long nowNanos) {
    return Math.max(0, nextNanos - nowNanos);
  }

  /** Sends to every member. */
  void announce(Announcement announcement, long nowNanos) {
    nextNanos = nowNanos + INTERVAL_NANOS;
    PeerMessage message = PeerMessage.newBuilder().setAnnouncement(announcement).build();
    for (Member member : members) {
      if (!member.id().equals(self)) {
        peers.send(member.id(), message);
      }
    }
  }

  void announceTo(NodeId peer, Announcement announcement) {
    peers.send(peer, PeerMessage.newBuilder().setAnnouncement(announcement).build());
  }

  @Nullable Heard heardOf(NodeId node) {
    return heard.get(node);
  }

  /** The client endpoint of a node, or null if it is not known. */
  @Nullable String endpointOf(NodeId node) {
    Heard announced = heard.get(node);
    return announced != null && !announced.announcement().getClientEndpoint().isEmpty()
        ? announced.announcement().getClientEndpoint()
        : configuredEndpoints.get(node);
  }

  /**
   * The client endpoints of the members, without this node's own.
   *
   * @param first the node to name first, if it is known
   */
  List<String> otherEndpoints(@Nullable NodeId first) {
    Set<NodeId> order = new LinkedHashSet<>();
    if (first != null) {
      order.add(first);
    }
    if (members.isEmpty()) {
      order.addAll(configuredEndpoints.keySet());
    }
    members.forEach(member -> order.add(member.id()));
    order.remove(self);
    List<String> endpoints = new ArrayList<>();
    for (NodeId node : order) {
      String endpoint = endpointOf(node);
      if (endpoint != null) {
        endpoints.add(endpoint);
      }
    }
    return endpoints;
  }
}
