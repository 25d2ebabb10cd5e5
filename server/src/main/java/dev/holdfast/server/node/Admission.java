package dev.holdfast.server.node;

import static dev.holdfast.server.node.RefusalDetail.refused;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what clients send before it may become a command: whether it is well formed, by rules
 * that are the same on every node, and whether there is room for it here.
 */
final class Admission {
  /** Most bytes of commands that wait at a node when another append is let in. */
  static final long BYTES_WAITING_MAX = 32 << 20;

  static final int NONCE_BYTES = 16;
  static final int SECRET_BYTES = 16;
  static final int LABEL_BYTES_MAX = 256;
  static final int OWNER_BYTES_MAX = 128;
  static final int DEMANDS_MAX = 64;
  static final int LOCKS_MAX = 1_000_000;
  static final int ACKNOWLEDGED_RANGES_MAX = 1_024;

  private final AdmissionLimits limits;
  private long turnedAway;

  Admission(AdmissionLimits limits) {
    this.limits = limits;
  }

  AdmissionLimits limits() {
    return limits;
  }

  /** Why a session cannot be opened like this, or null. */
  @Nullable Refused problemWith(OpenSessionFrame open) {
    if (open.getNonce().size() != NONCE_BYTES) {
      return invalid("open.nonce is " + open.getNonce().size() + " bytes; send 16 random bytes");
    }
    if (open.getSecret().size() != SECRET_BYTES) {
      return invalid("open.secret is " + open.getSecret().size() + " bytes; send 16 random bytes");
    }
    if (!isUuid(open.getClientId())) {
      return invalid("open.client_id is not a UUID; send one such as " + new UUID(0, 1));
    }
    if (utf8Length(open.getLabel()) > LABEL_BYTES_MAX) {
      return invalid("open.label is longer than " + LABEL_BYTES_MAX + " bytes; shorten it");
    }
    if (open.getTtlMillis() < limits.ttlMillisMin()
        || open.getTtlMillis() > limits.ttlMillisMax()) {
      return invalid(
          "open.ttl_millis is "
              + open.getTtlMillis()
              + "; ask for "
              + limits.ttlMillisMin()
              + " to "
              + limits.ttlMillisMax());
    }
    if (open.getLocksMax() < 0) {
      return invalid("open.locks_max is negative; send 0 for the built-in limit");
    }
    return open.getLocksMax() > LOCKS_MAX
        ? invalid("open.locks_max is " + open.getLocksMax() + "; ask for " + LOCKS_MAX + " at most")
        : null;
  }

  /**
   * Why a client of a wire without sessions cannot ask like this, or null.
   *
   * @param client without what it asks for
   */
  @Nullable Refused problemWith(ClientOperation client, ByteString operationId) {
    if (operationId.size() != NONCE_BYTES) {
      return invalid("an operation id is " + operationId.size() + " bytes; it has 16");
    }
    if (!isUuid(client.getClientId())) {
      return invalid("the client id " + client.getClientId() + " is not a UUID");
    }
    if (client.getLabel().length() > LABEL_BYTES_MAX) {
      return invalid("a label is longer than " + LABEL_BYTES_MAX + " characters");
    }
    return client.getTtlMillis() < limits.ttlMillisMin()
            || client.getTtlMillis() > limits.ttlMillisMax()
            || client.getLocksMax() < 0
            || client.getLocksMax() > LOCKS_MAX
        ? invalid(
            "a client's TTL is %d ms and it may have %d locks; a TTL is %d to %d ms"
                .formatted(
                    client.getTtlMillis(),
                    client.getLocksMax(),
                    limits.ttlMillisMin(),
                    limits.ttlMillisMax()))
        : null;
  }

  /** Why a session cannot be resumed like this, or null. */
  static @Nullable Refused problemWith(ResumeSessionFrame resume) {
    if (resume.getSessionId() < 1) {
      return invalid(
          "resume.session_id is " + resume.getSessionId() + "; send the number from `attached`");
    }
    return resume.getSecret().size() == SECRET_BYTES
        ? null
        : invalid("resume.secret is " + resume.getSecret().size() + " bytes; it has 16");
  }

  /** Why this cannot be what a client has received, or null. */
  static @Nullable Refused problemWith(Acknowledged acknowledged) {
    int count = acknowledged.getRangesCount();
    if (acknowledged.getBelow() < 0 || count % 2 != 0 || count / 2 > ACKNOWLEDGED_RANGES_MAX) {
      return invalid(
          "acknowledged has an odd number of range ends, more than "
              + ACKNOWLEDGED_RANGES_MAX
              + " ranges, or a negative bound");
    }
    long last = acknowledged.getBelow() - 1;
    for (int i = 0; i < count; i += 2) {
      long from = acknowledged.getRanges(i);
      long to = acknowledged.getRanges(i + 1);
      if (from <= last || to < from) {
        return invalid("acknowledged.ranges do not ascend; send (from, to) pairs, apart, in order");
      }
      last = to;
    }
    return null;
  }

  /** Which rule a request breaks on any node, or null. */
  static @Nullable Refused problemWith(Request request) {
    if (request.getSequence() < 1) {
      return invalid("request.sequence is " + request.getSequence() + "; number requests from 1");
    }
    return switch (request.getActionCase()) {
      case ACQUIRE -> problemWith(request.getAcquire());
      case RELEASE -> problemWithToken("release", request.getRelease().getToken());
      case EXTEND ->
          request.getExtend().getLeaseMillis() < 1
              ? invalid("extend.lease_millis is not positive; send the length of the new lease")
              : problemWithToken("extend", request.getExtend().getToken());
      case CONVERT -> RequestForms.problemWith(request.getConvert());
      case HAND_OVER -> RequestForms.problemWith(request.getHandOver());
      case SET_VALUE -> RequestForms.problemWith(request.getSetValue());
      case APPEND_FILE -> RequestForms.problemWith(request.getAppendFile());
      case DELETE_FILE -> RequestForms.problemWith(request.getDeleteFile());
      case REQUEST_REVOCATION -> RequestForms.problemWith(request.getRequestRevocation());
      case CANCEL, RESOLVE -> null;
      case ACTION_NOT_SET ->
          invalid("the request has no action that this node knows; send one, or upgrade the node");
    };
  }

  private static @Nullable Refused problemWith(Acquire acquire) {
    int ownerBytes = utf8Length(acquire.getOwner());
    if (ownerBytes < 1 || ownerBytes > OWNER_BYTES_MAX) {
      return invalid("acquire.owner is " + ownerBytes + " bytes; it has 1 to " + OWNER_BYTES_MAX);
    }
    if (acquire.getDemandsCount() < 1 || acquire.getDemandsCount() > DEMANDS_MAX) {
      return invalid(
          "acquire has " + acquire.getDemandsCount() + " demands; send 1 to " + DEMANDS_MAX);
    }
    if (acquire.getLeaseMillis() < 0) {
      return invalid("acquire.lease_millis is negative; send 0 to keep it with the session");
    }
    Refused problemWithTimes = RequestForms.problemWithReservations(acquire);
    if (problemWithTimes != null) {
      return problemWithTimes;
    }
    for (Demand demand : acquire.getDemandsList()) {
      Refused problemWithForm = RequestForms.problemWith(demand);
      if (problemWithForm != null) {
        return problemWithForm;
      }
      String problem = LockName.problemWith(demand.getLock());
      if (problem != null) {
        return refused(RefusalReason.INVALID_NAME, problem).toBuilder()
            .setLock(demand.getLock())
            .build();
      }
    }
    return null;
  }

  static @Nullable Refused problemWithToken(String action, long token) {
    return token < 1
        ? invalid(action + ".token is " + token + "; send the token of the grant")
        : null;
  }

  /**
   * Why there is no room for a request at present, or null.
   *
   * @param inFlight how many requests of its session have no final answer
   */
  @Nullable RefusalReason overload(Request request, int inFlight, Proposer proposer) {
    return overload(request, inFlight, proposer.ordinaryPending(), proposer.bytesPending());
  }

  /**
   * The same.
   *
   * @param commandsWaiting how many ordinary commands wait at this node
   * @param bytesWaiting how large those that wait are together
   */
  @Nullable RefusalReason overload(
      Request request, int inFlight, int commandsWaiting, long bytesWaiting) {
    if (CommandLane.of(request) != CommandLane.ORDINARY) {
      return null;
    }
    if (inFlight >= limits.requestsPerSessionMax()) {
      return RefusalReason.TOO_MANY_REQUESTS;
    }
    boolean full =
        commandsWaiting >= limits.commandsWaitingMax()
            || (request.hasAppendFile() && bytesWaiting >= BYTES_WAITING_MAX);
    return full ? RefusalReason.OVERLOADED : null;
  }

  /** A request was not taken in because of {@link #overload}, or of the bytes that wait. */
  void countTurnedAway() {
    turnedAway++;
  }

  /** How many requests were not taken in because there was no room for them. */
  long turnedAway() {
    return turnedAway;
  }

  /** The request as it goes into the log: with this node's limit on the queue's length. */
  Request stamped(Request request) {
    return request.hasAcquire()
        ? request.toBuilder()
            .setAcquire(request.getAcquire().toBuilder().setQueueLengthMax(limits.queueLengthMax()))
            .build()
        : request;
  }

  static Refused invalid(String detail) {
    return refused(RefusalReason.INVALID_REQUEST, detail);
  }

  private static boolean isUuid(String text) {
    try {
      return UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static int utf8Length(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return text.length();
  }
}
