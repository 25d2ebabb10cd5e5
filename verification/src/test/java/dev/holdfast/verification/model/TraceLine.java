package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Request;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Commands, events and outcomes for a person to read: one short line each, the same every time. */
final class TraceLine {
  private TraceLine() {}

  static String of(Command command) {
    return switch (command.getKindCase()) {
      case REQUEST -> of(command.getRequest());
      case OPEN -> of(command.getOpen());
      case RENEW ->
          "s"
              + command.getRenew().getSessionId()
              + " renew, nonce "
              + command.getRenew().getNonce();
      case CLOSE -> "s" + command.getClose().getSessionId() + " close";
      case FORCE_RELEASE -> of(command.getForceRelease());
      case ASK_REVOCATION ->
          "ask for revocation of "
              + command.getAskRevocation().getLock()
              + " token "
              + command.getAskRevocation().getToken()
              + ", operation "
              + of(command.getAskRevocation().getOperationId());
      case CLIENT_OPERATION ->
          "client "
              + of(command.getClientOperation().getClient())
              + ", operation "
              + of(command.getClientOperation().getOperationId())
              + ", ttl "
              + command.getClientOperation().getTtlMillis()
              + ", asked at "
              + command.getClientOperation().getAskedAtRevision()
              + of(command.getClientOperation().getRequest());
      case KIND_NOT_SET -> "a command of no kind";
    };
  }

  static String of(ModelOutcome outcome) {
    return switch (outcome) {
      case ModelOutcome.Answered o ->
          "s" + o.sessionId() + "#" + o.sequence() + " " + of(o.answer());
      case ModelOutcome.Opened o -> "s" + o.sessionId() + " open, nonce " + of(o.nonce());
      case ModelOutcome.OpenRefused o -> "nonce " + of(o.nonce()) + " " + of(o.answer());
      case ModelOutcome.Renewed o ->
          "s" + o.sessionId() + (o.alive() ? " renewed" : " is not there") + ", nonce " + o.nonce();
      case ModelOutcome.Closed o -> "s" + o.sessionId() + " closed";
      case ModelOutcome.OperationTaken o ->
          "operation " + of(o.operationId()) + " is s" + o.sessionId() + "#" + o.sequence();
      case ModelOutcome.OperationRefused o ->
          "operation " + of(o.operationId()) + " " + of(o.answer());
      case ModelOutcome.Operated o -> "operation " + of(o.operationId()) + " " + of(o.answer());
    };
  }

  static String of(Event event) {
    return "r"
        + event.revision()
        + " "
        + event
            .toString()
            .replaceAll("revision=\\d+, ", "")
            .replaceAll("ByteString@\\w+", "")
            .replaceAll("\\s+", " ");
  }

  private static String of(SessionRequest command) {
    String line = "s" + command.getSessionId() + of(command.getRequest());
    return command.hasAcknowledged()
        ? line
            + ", has answers below "
            + command.getAcknowledged().getBelow()
            + " and "
            + command.getAcknowledged().getRangesList()
        : line;
  }

  private static String of(Request request) {
    String action =
        switch (request.getActionCase()) {
          case ACQUIRE -> of(request.getAcquire());
          case RELEASE -> "release " + request.getRelease().getToken();
          case EXTEND ->
              "extend "
                  + request.getExtend().getToken()
                  + " by "
                  + request.getExtend().getLeaseMillis();
          case CANCEL -> "cancel";
          case RESOLVE -> "resolve";
          case CONVERT ->
              "convert "
                  + request.getConvert().getToken()
                  + " to "
                  + of(request.getConvert().getDemandsList())
                  + ending(
                      request.getConvert().getWaitMillis(), request.getConvert().getPriority());
          case HAND_OVER ->
              "hand over "
                  + request.getHandOver().getToken()
                  + " to s"
                  + request.getHandOver().getToSessionId()
                  + "/"
                  + request.getHandOver().getToOwner();
          case SET_VALUE ->
              (request.getSetValue().getRemove() ? "remove value of " : "set value of ")
                  + request.getSetValue().getLock()
                  + " with token "
                  + request.getSetValue().getToken();
          case APPEND_FILE ->
              "append %d bytes to %s with token %d%s"
                  .formatted(
                      request.getAppendFile().getData().size(),
                      request.getAppendFile().getFile(),
                      request.getAppendFile().getToken(),
                      request.getAppendFile().getRollBack() ? ", to be rolled back" : "");
          case DELETE_FILE ->
              "delete %s with token %d"
                  .formatted(request.getDeleteFile().getFile(), request.getDeleteFile().getToken());
          case REQUEST_REVOCATION ->
              "ask for revocation of "
                  + request.getRequestRevocation().getToken()
                  + " waiting as #"
                  + request.getRequestRevocation().getWaitingSequence();
          case ACTION_NOT_SET -> "nothing";
        };
    return "#" + request.getSequence() + " " + action;
  }

  private static String of(Acquire acquire) {
    String line =
        "acquire " + of(acquire.getDemandsList()) + " for '" + shortened(acquire.getOwner()) + "'";
    line += ending(acquire.getWaitMillis(), acquire.getPriority());
    if (acquire.getAtLeastMillis() != 0) {
      line += ", at least " + acquire.getAtLeastMillis();
    }
    if (acquire.getLockDelayMillis() != 0) {
      line += ", lock delay " + acquire.getLockDelayMillis();
      line += acquire.getGated() ? ", gated" : "";
    }
    if (acquire.getLeaseMillis() != 0) {
      line += ", lease " + acquire.getLeaseMillis();
    }
    return acquire.getQueueLengthMax() == 0
        ? line
        : line + ", queue at most " + acquire.getQueueLengthMax();
  }

  private static String ending(long waitMillis, int priority) {
    return (waitMillis == 0 ? "" : ", wait " + waitMillis)
        + (priority == 0 ? "" : ", priority " + priority);
  }

  private static String of(Demand demand) {
    String what =
        demand.getLimit() == 0
            ? demand.getMode().name().replace("LOCK_MODE_", "")
            : demand.getPermits() + " of " + demand.getLimit();
    return what + " " + shortened(demand.getLock());
  }

  private static String of(List<Demand> demands) {
    return demands.stream()
        .limit(8)
        .map(TraceLine::of)
        .collect(Collectors.joining(", ", "[", demands.size() > 8 ? ", ...]" : "]"));
  }

  private static String of(OpenSession open) {
    return "open, nonce "
        + of(open.getNonce())
        + ", ttl "
        + open.getTtlMillis()
        + (open.getLocksMax() == 0 ? "" : ", locks at most " + open.getLocksMax());
  }

  private static String of(ForceRelease operation) {
    return "force release of "
        + operation.getLock()
        + " token "
        + operation.getToken()
        + ", operation "
        + of(operation.getOperationId());
  }

  private static String of(Answer answer) {
    return answer.toString().replaceAll("\\s+", " ").strip();
  }

  /** The number that made-up nonces and ids begin with. */
  private static String of(ByteString bytes) {
    return bytes.size() == 16
        ? Long.toString(bytes.asReadOnlyByteBuffer().getLong())
        : "0x" + HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String shortened(String text) {
    return text.length() <= 20 ? text : text.substring(0, 10) + "... (" + text.length() + " chars)";
  }
}
