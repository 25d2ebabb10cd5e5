package dev.holdfast.server.door.grpc;

import dev.holdfast.protocol.v1.DoorView;
import dev.holdfast.protocol.v1.InfoReply;
import dev.holdfast.protocol.v1.LimitView;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.door.NodeLimit;
import dev.holdfast.server.node.NodeIdentity;
import java.util.List;

/** What a node tells about itself, as it goes over the wire. */
final class FactViews {
  private FactViews() {}

  static List<DoorView> doors(NodeFacts facts) {
    return facts.doors().get().stream().map(FactViews::door).toList();
  }

  private static DoorView door(Door door) {
    return DoorView.newBuilder()
        .setName(door.name())
        .setAddress(door.address())
        .setConnectionsOpen(door.traffic().connectionsOpen())
        .setConnections(door.traffic().connections())
        .setRequests(door.traffic().requests())
        .build();
  }

  static InfoReply info(NodeIdentity identity, NodeFacts facts) {
    return InfoReply.newBuilder()
        .setNodeId(identity.id().value())
        .setCluster(facts.cluster())
        .setVersion(identity.version())
        .setClientEndpoint(identity.clientEndpoint())
        .addAllDoors(doors(facts))
        .addAllLimits(facts.limits().stream().map(FactViews::limit).toList())
        .build();
  }

  private static LimitView limit(NodeLimit limit) {
    return LimitView.newBuilder()
        .setName(limit.name())
        .setValue(limit.value())
        .setUnit(
            switch (limit.unit()) {
              case COUNT -> "";
              case BYTES -> "bytes";
              case MILLIS -> "ms";
            })
        .setFixed(limit.fixed())
        .build();
  }
}
