package dev.holdfast.server.door.grpc;

import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.NodeReport;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Refusals of calls outside a session: gRPC statuses that say what to do next. */
final class Refusals {
  /** Where the leader's clients are served. */
  static final Metadata.Key<String> LEADER =
      Metadata.Key.of("holdfast-leader", Metadata.ASCII_STRING_MARSHALLER);

  private Refusals() {}

  static StatusRuntimeException noLeader(NodeHost node) {
    return Status.UNAVAILABLE
        .withDescription(
            "NO_LEADER: "
                + node.identity().id()
                + " found no leader that a majority confirms; wait for an election, or look at"
                + " `holdfast cluster status`")
        .asRuntimeException();
  }

  static StatusRuntimeException notLeader(NodeHost node, NodeReport report) {
    if (report.leader() == null) {
      return noLeader(node);
    }
    String endpoint = report.leaderEndpoint();
    Metadata trailers = new Metadata();
    if (endpoint != null) {
      trailers.put(LEADER, endpoint);
    }
    return Status.FAILED_PRECONDITION
        .withDescription(
            "only the leader can do this, and that is "
                + report.leader()
                + (endpoint == null ? "" : "; ask " + endpoint))
        .asRuntimeException(trailers);
  }

  static StatusRuntimeException invalid(String description) {
    return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
  }
}
