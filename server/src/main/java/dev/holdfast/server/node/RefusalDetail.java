package dev.holdfast.server.node;

import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;

/** What a refusal says to a person: above all, what to do next. */
final class RefusalDetail {
  private RefusalDetail() {}

  static Refused refused(RefusalReason reason, String detail) {
    return Refused.newBuilder().setReason(reason).setDetail(detail).build();
  }

  static Refused refused(RefusalReason reason) {
    return refused(reason, of(reason));
  }

  /** There is no leader here, but perhaps at another node. */
  static Refused noLeader(List<String> otherEndpoints) {
    return refused(
        RefusalReason.NO_LEADER,
        of(RefusalReason.NO_LEADER) + "; other endpoints: " + String.join(", ", otherEndpoints));
  }

  /** The sentence for a reason that this node itself gives. */
  static String of(RefusalReason reason) {
    return switch (reason) {
      case OVERLOADED ->
          "too many commands wait at this node; wait a moment and ask again, or use another node";
      case TOO_MANY_REQUESTS ->
          "this session has too many requests without an answer; wait for some of them, or cancel"
              + " them";
      case TOO_MANY_SESSIONS ->
          "this node has as many sessions as limits.sessions-max allows; use another node, or raise"
              + " the limit";
      case UNKNOWN_SESSION ->
          "there is no such session, it may have expired or been closed; open a new one";
      case WRONG_SECRET ->
          "the secret does not belong to this session; resume it with the secret with which it was"
              + " opened, or open a new one";
      case SESSION_EXPIRED ->
          "the session was not renewed in time and everything that it held is released; open a new"
              + " one";
      case SESSION_CLOSED -> "the session was closed by another connection; open a new one";
      case NO_LEADER ->
          "this node has had no word of a leader for a second; go on at another node, or wait for"
              + " an election";
      case NODE_STOPPING -> "this node is stopping; go on at another node";
      case FRAME_TOO_LARGE ->
          "the frame is larger than limits.frame-bytes-max; send its requests in several frames";
      default -> "";
    };
  }
}
