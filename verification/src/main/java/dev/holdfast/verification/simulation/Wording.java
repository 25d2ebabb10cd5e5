package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.Action;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.Request;
import java.util.List;
import java.util.stream.Collectors;

/** Messages in the few words that a line of a trace has room for. */
final class Wording {
  private Wording() {}

  static String of(Simulation.Report report) {
    return "seed "
        + report.seed()
        + ": "
        + (report.isGood() ? "every rule held" : report.failure())
        + " ("
        + report.events()
        + " events, "
        + report.simulatedMillis()
        + " ms, "
        + report.grants()
        + " grants)";
  }

  static String of(ClientFrame frame) {
    StringBuilder words = new StringBuilder();
    words.append(frame.hasOpen() ? "open " : frame.hasResume() ? "resume " : "");
    frame.getRequestsList().forEach(request -> words.append(of(request)).append(' '));
    frame.getRenewalsList().forEach(each -> words.append("renew#").append(each.getNonce()));
    words.append(frame.getClose() ? "close" : "");
    if (frame.hasAcknowledged()) {
      words.append(" got<").append(frame.getAcknowledged().getBelow());
      words.append(frame.getAcknowledged().getRangesList());
    }
    return words.toString();
  }

  private static String of(Request request) {
    String number = "#" + request.getSequence();
    return switch (request.getActionCase()) {
      case ACQUIRE ->
          "acquire"
              + number
              + "("
              + request.getAcquire().getOwner()
              + " "
              + demands(request.getAcquire().getDemandsList())
              + " wait "
              + request.getAcquire().getWaitMillis()
              + " lease "
              + request.getAcquire().getLeaseMillis()
              + ")";
      case RELEASE -> "release" + number + "(" + request.getRelease().getToken() + ")";
      case EXTEND -> "extend" + number + "(" + request.getExtend().getToken() + ")";
      default -> request.getActionCase() + number;
    };
  }

  static String demands(List<Demand> demands) {
    return demands.stream()
        .map(
            each ->
                each.getLock()
                    + ":"
                    + (each.getPermits() > 0
                        ? each.getPermits() + "/" + each.getLimit()
                        : each.getMode().name().replace("LOCK_MODE_", "")))
        .collect(Collectors.joining(","));
  }

  static String of(NodeFrame frame) {
    StringBuilder words = new StringBuilder();
    words.append(frame.hasAttached() ? "attached " : "");
    words.append(frame.hasRefused() ? "refused " + frame.getRefused().getReason() : "");
    frame
        .getAnswersList()
        .forEach(each -> words.append('#').append(each.getSequence()).append(of(each.getAnswer())));
    frame.getRenewalsList().forEach(each -> words.append(" renewed#").append(each.getNonce()));
    frame.getLostGrantsList().forEach(each -> words.append(" lost ").append(each.getToken()));
    words.append(frame.hasMove() ? " move" : "").append(frame.getClosed() ? " closed" : "");
    return words.toString();
  }

  static String of(Answer answer) {
    return switch (answer.getResultCase()) {
      case GRANTED -> " granted " + answer.getGranted().getToken() + "; ";
      case REFUSED -> " refused " + answer.getRefused().getReason() + "; ";
      case QUEUED -> " queued; ";
      case RELEASED -> " released; ";
      case HANDED_OVER -> " handed over as " + answer.getHandedOver().getToken() + "; ";
      case DONE -> " done; ";
      case APPENDED -> " appended to " + answer.getAppended().getLength() + "; ";
      case RESULT_NOT_SET -> " nothing; ";
    };
  }

  static String of(AppCall call) {
    return switch (call.asked()) {
      case Action.AcquireLocks a ->
          a.owner() + " " + demands(a.demands()) + " " + a.patience() + " lease " + a.leaseMillis();
      case Action.ReleaseGrant r -> "release " + r.token();
      case Action.ExtendGrant e -> "extend " + e.token();
      case Action.ConvertGrant c ->
          "convert " + c.token() + " to " + demands(c.changes()) + " " + c.patience();
      case Action.HandOverGrant h ->
          "hand over " + h.token() + " to " + h.toSessionId() + " " + h.toOwner();
      case Action.SetLockValue v -> "set value of " + v.lock() + " by " + v.token();
      case Action.WriteFile w -> "write " + w.file() + " by " + w.token();
      case Action.AskRevocation a -> "ask for " + a.token();
    };
  }
}
