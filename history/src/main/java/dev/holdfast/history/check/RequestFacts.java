package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Action;
import dev.holdfast.history.ClientLine.Operation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of a numbered request. */
final class RequestFacts {
  /** Refusals that are not kept, so that another sending may be answered otherwise. */
  private static final Set<String> NOT_KEPT =
      Set.of(
          "STALE_REQUEST",
          "SESSION_EXPIRED",
          "SESSION_CLOSED",
          "UNKNOWN_SESSION",
          "TOO_MANY_ANSWERS",
          "TOO_MANY_REQUESTS");

  final RequestKey key;

  /** What was asked; null if only nodes tell, or only questions about it are known. */
  @Nullable Operation asked;

  @Nullable LocatedLine askedAt;

  /** The first kept answer that the client got, and the line. */
  @Nullable Answer answer;

  @Nullable LocatedLine answerAt;

  /** A kept answer that a node gave again. */
  @Nullable Answer repeated;

  @Nullable LocatedLine repeatedAt;

  /** Any answer at all that was not "unknown". */
  boolean answered;

  boolean isClients;
  int clock;
  long invokedNanos = Long.MAX_VALUE;
  long answeredNanos = Long.MAX_VALUE;
  long ticket;

  @Nullable Step granted;
  @Nullable Step queued;
  @Nullable Step left;
  @Nullable Step released;

  /** A conversion downwards. */
  @Nullable Step converted;

  RequestFacts(RequestKey key) {
    this.key = key;
  }

  /** Whether it is the only answer that the request can ever have. */
  static boolean isKept(Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      return refused.revision() > 0 && !NOT_KEPT.contains(refused.reason());
    }
    return answer.isFinal();
  }

  static boolean isQuestion(Operation operation) {
    return operation.action() == Action.CANCEL || operation.action() == Action.RESOLVE;
  }

  /** Takes in what a client recorded; false if it contradicts what it recorded before. */
  boolean add(Operation operation, LocatedLine line, int onClock) {
    isClients = true;
    clock = onClock;
    if (!isQuestion(operation)) {
      invokedNanos = Math.min(invokedNanos, operation.invokedNanos());
      if (asked == null) {
        asked = operation;
        askedAt = line;
      }
      ticket = Math.max(ticket, operation.ticket());
    }
    Answer told = operation.answer();
    answered |= told.isFinal();
    if (!isKept(told)) {
      return true;
    }
    answeredNanos = Math.min(answeredNanos, operation.answeredNanos());
    if (answer == null) {
      answer = told;
      answerAt = line;
      return true;
    }
    return same(answer, told);
  }

  /** Whether nodes tell what became of it. */
  boolean isResolvedByNodes() {
    return granted != null
        || left != null
        || released != null
        || converted != null
        || repeated != null;
  }

  /** The revision at which it had its effect or was refused; 0 if that is not known. */
  long revision() {
    if (answer != null) {
      return answer.revision();
    }
    if (granted != null) {
      return granted.revision();
    }
    if (released != null) {
      return released.revision();
    }
    if (converted != null) {
      return converted.revision();
    }
    return left == null ? 0 : left.revision();
  }

  /** Whether two answers are the same, as far as both tell. */
  static boolean same(Answer one, Answer other) {
    if (one instanceof Answer.Granted a && other instanceof Answer.Granted b) {
      return a.token() == b.token()
          && (a.expiresAtMillis() == b.expiresAtMillis()
              || a.expiresAtMillis() == 0
              || b.expiresAtMillis() == 0);
    }
    return one.equals(other);
  }
}
