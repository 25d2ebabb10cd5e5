package dev.holdfast.core;

import dev.holdfast.protocol.v1.Answer;
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
      case Outcome.Operated it ->
          "operation " + it.operationId().toStringUtf8() + " " + print(it.answer());
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
          case RESULT_NOT_SET -> "NO RESULT";
        };
    return result + " @" + answer.getRevision();
  }

  private String print(Refused refused) {
    String text = refused.getReason().name();
    if (!refused.getLock().isEmpty()) {
      text += " at " + refused.getLock();
    }
    if (refused.hasHolder()) {
      Holder holder = refused.getHolder();
      text +=
          " by %s/%s token=%d %s (%s)"
              .formatted(
                  name(holder.getSessionId()),
                  holder.getOwner(),
                  holder.getToken(),
                  mode(holder.getMode()),
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
              name(it.sessionId()) + "/" + it.owner() + " waits for " + print(it.demands());
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
                  + "ms";
          case Event.LockReleased it ->
              "token %d of %s ended: %s %s%s"
                  .formatted(
                      it.token(),
                      name(it.sessionId()),
                      it.end(),
                      print(it.demands()),
                      it.operator().isEmpty() ? "" : " by " + it.operator() + ": " + it.reason());
        };
    return "@" + event.revision() + " " + text;
  }

  private static String print(List<Demand> demands) {
    return demands.stream()
        .map(demand -> demand.getLock() + ":" + mode(demand.getMode()))
        .collect(Collectors.joining(","));
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
