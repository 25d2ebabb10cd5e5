package dev.holdfast.core;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts outcomes and events into words, with the script's names for sessions. */
final class Printer {
  private final Map<String, Long> sessions;

  Printer(Map<String, Long> sessions) {
    this.sessions = sessions;
  }

  String name(long sessionId) {
    return sessions.entrySet().stream()
        .filter(entry -> entry.getValue() == sessionId)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("?" + sessionId);
  }

  String print(Applied applied) {
    StringBuilder text = new StringBuilder();
    applied.outcomes().forEach(outcome -> text.append(print(outcome)).append('\n'));
    applied.events().forEach(event -> text.append("  ").append(print(event)).append('\n'));
    return text.isEmpty() ? "nothing\n" : text.toString();
  }

  private String print(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered it ->
          name(it.sessionId()) + "#" + it.sequence() + " " + print(it.answer());
      case Outcome.Opened it -> "opened " + name(it.sessionId()) + " id=" + it.sessionId();
      case Outcome.OpenRefused it -> "not opened: " + print(it.answer());
      case Outcome.Renewed it ->
          "renewal " + it.nonce() + " of " + name(it.sessionId()) + (it.alive() ? "" : ": gone");
      case Outcome.Closed it -> "closed " + name(it.sessionId());
      case Outcome.OperationTaken it ->
          "operation %s is %s#%d"
              .formatted(
                  it.operationId().toStringUtf8().replace("-", ""),
                  name(it.sessionId()),
                  it.sequence());
      case Outcome.OperationRefused it ->
          "operation %s %s"
              .formatted(it.operationId().toStringUtf8().replace("-", ""), print(it.answer()));
      case Outcome.Operated it ->
          "operation %s %s"
              .formatted(it.operationId().toStringUtf8().replace("-", ""), print(it.answer()));
    };
  }

  private String print(Answer answer) {
    String result =
        switch (answer.getResultCase()) {
          case GRANTED ->
              "GRANTED token="
                  + answer.getGranted().getToken()
                  + (answer.getGranted().getExpiresAtMillis() == 0
                      ? ""
                      : " until=" + answer.getGranted().getExpiresAtMillis() + "ms");
          case RELEASED -> "RELEASED";
          case QUEUED -> "QUEUED ticket=" + answer.getQueued().getTicket();
          case REFUSED -> print(answer.getRefused());
          case HANDED_OVER -> "HANDED OVER token=" + answer.getHandedOver().getToken();
          case DONE -> "DONE";
          case APPENDED ->
              "APPENDED from "
                  + answer.getAppended().getOffset()
                  + " to "
                  + answer.getAppended().getLength();
          case RESULT_NOT_SET -> "NO RESULT";
        };
    return result + " @" + answer.getRevision();
  }

  private String print(Refused refused) {
    String text = refused.getReason().name();
    if (!refused.getLock().isEmpty()) {
      text += " at " + refused.getLock();
    }
    if (refused.getReservedUntilMillis() != 0) {
      text += " until " + refused.getReservedUntilMillis() + "ms";
    }
    if (refused.hasDeadlock()) {
      text += ": " + print(refused.getDeadlock());
    }
    if (refused.hasHolder()) {
      Holder holder = refused.getHolder();
      text +=
          " by %s/%s token=%d %s (%s)"
              .formatted(
                  name(holder.getSessionId()),
                  holder.getOwner(),
                  holder.getToken(),
                  wanted(holder.getMode(), holder.getPermits()),
                  holder.getLabel());
    }
    return text;
  }

  private String print(Event event) {
    String text =
        switch (event) {
          case Event.SessionOpened it -> "session " + name(it.sessionId()) + " opened";
          case Event.SessionEnded it -> "session " + name(it.sessionId()) + " " + it.end();
          case Event.RequestQueued it ->
              name(it.sessionId())
                  + "/"
                  + it.owner()
                  + " waits for "
                  + print(it.demands())
                  + (it.convertsToken() == 0 ? "" : " instead of token " + it.convertsToken());
          case Event.RequestPassed it ->
              "%s#%d passes ticket %d at %s"
                  .formatted(name(it.sessionId()), it.sequence(), it.passedTicket(), it.lock());
          case Event.DeadlockFound it -> print(it.deadlock());
          case Event.RequestLeft it ->
              name(it.sessionId()) + "#" + it.sequence() + " left the queue: " + it.exit();
          case Event.LockGranted it ->
              name(it.sessionId())
                  + "/"
                  + it.owner()
                  + " holds "
                  + print(it.demands())
                  + " after "
                  + it.waitedMillis()
                  + "ms"
                  + (it.replacedToken() == 0
                      ? ""
                      : ", " + it.cause() + " from token " + it.replacedToken());
          case Event.LockConverted it ->
              "token %d of %s converted from %s to %s"
                  .formatted(
                      it.token(), name(it.sessionId()), print(it.before()), print(it.demands()));
          case Event.ReservationEnded it ->
              "reservation of token %d ended: %s%s"
                  .formatted(
                      it.token(),
                      print(it.demands()),
                      it.operator().isEmpty() ? "" : " by " + it.operator() + ": " + it.reason());
          case Event.LockValueChanged it ->
              it.value() == null
                  ? "value of %s removed by token %d".formatted(it.lock(), it.token())
                  : "value of %s is '%s'%s by token %d"
                      .formatted(
                          it.lock(),
                          it.value().toStringUtf8(),
                          it.valid() ? "" : ", not valid,",
                          it.token());
          case Event.FileAppended _, Event.FileRolledBack _, Event.FileDeleted _ ->
              printOfFile(event);
          case Event.RevocationRequested it ->
              "%s asks %s to let go of token %d: %s"
                  .formatted(
                      it.bySessionId() == 0 ? it.operator() : name(it.bySessionId()),
                      name(it.sessionId()),
                      it.token(),
                      it.detail());
          case Event.LockReleased it -> printOfEnd(it);
        };
    return "@" + event.revision() + " " + text;
  }

  private String printOfEnd(Event.LockReleased it) {
    return "token %d of %s ended: %s %s%s%s"
        .formatted(
            it.token(),
            name(it.sessionId()),
            it.end(),
            print(it.demands()),
            it.operator().isEmpty() ? "" : " by " + it.operator() + ": " + it.reason(),
            it.reservedUntilMillis() == 0
                ? ""
                : ", reserved until " + it.reservedUntilMillis() + "ms");
  }

  private static String printOfFile(Event event) {
    return switch (event) {
      case Event.FileAppended it ->
          "file %s has '%s' at %d by token %d"
              .formatted(it.file(), shown(it.data().toStringUtf8()), it.offset(), it.token());
      case Event.FileRolledBack it ->
          "file %s is rolled back to %d bytes, token %d"
              .formatted(it.file(), it.length(), it.token());
      case Event.FileDeleted it ->
          "file %s is deleted by token %d".formatted(it.file(), it.token());
      default -> throw new IllegalArgumentException("is about no file: " + event);
    };
  }

  private static String shown(String data) {
    return data.length() <= 40
        ? data
        : "%s... %d bytes".formatted(data.substring(0, 10), data.length());
  }

  private static String print(List<Demand> demands) {
    return demands.stream()
        .map(
            demand ->
                demand.getLock()
                    + ":"
                    + (demand.getPermits() == 0
                        ? mode(demand.getMode())
                        : demand.getPermits() + "/" + demand.getLimit()))
        .collect(Collectors.joining(","));
  }

  private String print(Deadlock deadlock) {
    return "deadlock of %d, victim %d: %s"
        .formatted(
            deadlock.getLength(),
            deadlock.getVictimTicket(),
            deadlock.getMembersList().stream().map(this::print).collect(Collectors.joining("; ")));
  }

  private String print(DeadlockMember member) {
    return "%s/%s (%s) ticket %d after %dms wants %s:%s, held %s by token %d"
        .formatted(
            name(member.getSessionId()),
            member.getOwner(),
            member.getLabel(),
            member.getTicket(),
            member.getWaitedMillis(),
            member.getLock(),
            wanted(member.getWantedMode(), member.getWantedPermits()),
            wanted(member.getHeldMode(), member.getHeldPermits()),
            member.getHeldToken());
  }

  String print(WaitEdge edge) {
    return "%s#%d waits for %s:%s, %s %s by %s/%s (%s) %s %d"
        .formatted(
            name(edge.sessionId()),
            edge.sequence(),
            edge.lock(),
            wanted(edge.wantedMode(), edge.wantedPermits()),
            edge.kind(),
            wanted(edge.byMode(), edge.byPermits()),
            name(edge.bySessionId()),
            edge.byOwner(),
            edge.byLabel(),
            edge.byToken() == 0 ? "ticket" : "token",
            edge.byToken() == 0 ? edge.byTicket() : edge.byToken());
  }

  private static String wanted(LockMode mode, int permits) {
    return permits == 0 ? mode(mode) : Integer.toString(permits);
  }

  private static String mode(LockMode mode) {
    return mode.name().replace("LOCK_MODE_", "");
  }

  String print(LockInfo lock, long clockMillis) {
    StringBuilder text = new StringBuilder("lock ").append(lock.name()).append('\n');
    for (GrantInfo grant : lock.holders()) {
      text.append(
          "  held by %s/%s token=%d %s%s%n"
              .formatted(
                  name(grant.sessionId()),
                  grant.owner(),
                  grant.token(),
                  print(grant.demands()),
                  grant.expiresAtMillis() == 0
                      ? ""
                      : " left=" + (grant.expiresAtMillis() - clockMillis) + "ms"));
    }
    for (ReservationInfo reserved : lock.reservations()) {
      text.append(
          "  reserved by token=%d of %s/%s %s left=%dms%n"
              .formatted(
                  reserved.token(),
                  name(reserved.sessionId()),
                  reserved.owner(),
                  print(reserved.demands()),
                  reserved.untilMillis() - clockMillis));
    }
    LockValue value = lock.value();
    if (value != null) {
      text.append(
          "  value '%s'%s by token=%d @%d%n"
              .formatted(
                  value.value().toStringUtf8(),
                  value.valid() ? "" : " not valid",
                  value.token(),
                  value.revision()));
    }
    for (WaitingInfo request : lock.queue()) {
      text.append(
          "  waited for by %s/%s ticket=%d %s%n"
              .formatted(
                  name(request.sessionId()),
                  request.owner(),
                  request.ticket(),
                  print(request.demands())));
    }
    return text.toString();
  }
}
