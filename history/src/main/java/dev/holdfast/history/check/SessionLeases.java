package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.NodeLine.SessionEnd;
import dev.holdfast.history.NodeLine.SessionEnded;
import java.util.Objects;

/** No session expires within its TTL of the sending of whatever renewed it last, in real time. */
final class SessionLeases {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Evidence evidence;
  private final Findings findings;
  private final double rateTolerance;

  SessionLeases(Evidence evidence, Findings findings, double rateTolerance) {
    this.evidence = evidence;
    this.findings = findings;
    this.rateTolerance = rateTolerance;
  }

  void check() {
    for (RequestFacts facts : evidence.requests.values()) {
      SessionFacts session = evidence.sessions.get(facts.key.session());
      if (session != null && session.ended != null && facts.asked != null) {
        addCommand(session, facts);
      }
    }
    for (SessionFacts session : evidence.sessions.values()) {
      Step ended = session.ended;
      if (ended != null
          && session.renewedBy != null
          && session.ttlMillis > 0
          && ended.line instanceof SessionEnded line
          && line.end() == SessionEnd.EXPIRED) {
        check(session, ended);
      }
    }
  }

  /** A command that was applied renewed its session, not before it was sent. */
  private static void addCommand(SessionFacts session, RequestFacts facts) {
    Answer answer = facts.answer;
    long endedRevision = Objects.requireNonNull(session.ended).revision();
    if (answer != null && answer.revision() < endedRevision && facts.askedAt != null) {
      session.renewedAfter(facts.invokedNanos, facts.clock, facts.askedAt);
    }
  }

  private void check(SessionFacts session, Step ended) {
    long endedNanos = evidence.firstApplied(ended.revision(), session.clock);
    if (endedNanos == NodeLog.UNKNOWN) {
      return;
    }
    findings.checked(Rule.SESSION_EXPIRED_EARLY);
    long certainNanos = (long) ((1 - rateTolerance) * session.ttlMillis * NANOS_PER_MILLI);
    // The cluster clock counts whole milliseconds.
    long earliestNanos = session.renewedAfterNanos + certainNanos - NANOS_PER_MILLI;
    if (endedNanos < earliestNanos) {
      findings.report(
          Rule.SESSION_EXPIRED_EARLY,
          "session %d expired %.3f ms after what renewed it last was sent, and its TTL is %d ms"
              .formatted(
                  session.session,
                  (endedNanos - session.renewedAfterNanos) / (double) NANOS_PER_MILLI,
                  session.ttlMillis),
          session.renewedBy,
          ended.at);
    }
  }
}
