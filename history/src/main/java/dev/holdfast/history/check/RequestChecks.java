package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Action;
import dev.holdfast.history.ClientLine.Operation;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantEnd;
import org.jspecify.annotations.Nullable;

/** What can be said of each request alone: what was asked, answered and applied fit together. */
final class RequestChecks {
  private final Evidence evidence;
  private final Coverage coverage;
  private final Findings findings;
  private long unknowns;
  private long unknownsResolved;

  RequestChecks(Evidence evidence, Coverage coverage, Findings findings) {
    this.evidence = evidence;
    this.coverage = coverage;
    this.findings = findings;
  }

  void check() {
    for (RequestFacts facts : evidence.requests.values()) {
      checkEffects(facts);
      if (facts.isClients) {
        checkAsked(facts);
        checkAcknowledged(facts);
        countUnknown(facts);
      }
      checkAnswers(facts);
    }
    if (unknowns > unknownsResolved) {
      findings.unchecked(
          (unknowns - unknownsResolved)
              + " requests have an unknown outcome, and no node tells of it: nothing was concluded"
              + " from them");
    }
  }

  long unknowns() {
    return unknowns;
  }

  long unknownsResolved() {
    return unknownsResolved;
  }

  /** One effect, and none after the request was over. */
  private void checkEffects(RequestFacts facts) {
    Step granted = facts.granted;
    Step left = facts.left;
    if (granted != null && left != null) {
      Rule rule =
          granted.revision() > left.revision() ? Rule.GRANTED_AFTER_LEAVING : Rule.EXECUTED_TWICE;
      findings.report(
          rule,
          "%s left the queues at revision %d and was granted at revision %d"
              .formatted(facts.key, left.revision(), granted.revision()),
          left.at,
          granted.at);
    }
  }

  /** What nodes did is what the client asked for. */
  private void checkAsked(RequestFacts facts) {
    Operation asked = facts.asked;
    if (asked == null) {
      return;
    }
    Step queued = facts.queued;
    if (asked.action() == Action.PREEMPT) {
      findings.checked(Rule.PREEMPT_WAITED);
      if (facts.ticket != 0 || queued != null) {
        findings.report(
            Rule.PREEMPT_WAITED,
            "%s was a preempt and had to wait".formatted(facts.key),
            facts.askedAt,
            queued == null ? null : queued.at);
      }
    }
    Step granted = facts.granted;
    boolean comparable = asked.action() == Action.PREEMPT || asked.action() == Action.ACQUIRE;
    if (!comparable || granted == null) {
      return;
    }
    NodeLine.LockGranted line = (NodeLine.LockGranted) granted.line;
    findings.checked(Rule.GRANT_NOT_AS_ASKED);
    boolean sameDemands = Need.merged(asked.demands()).equals(Need.merged(line.demands()));
    boolean sameLease = (asked.leaseMillis() == 0) == (line.expiresAtMillis() == 0);
    if (!sameDemands || !sameLease || !asked.owner().equals(line.owner())) {
      findings.report(
          Rule.GRANT_NOT_AS_ASKED,
          "%s was granted something else than it asked for".formatted(facts.key),
          facts.askedAt,
          granted.at);
    }
  }

  /** What a client was told is what nodes applied. */
  private void checkAcknowledged(RequestFacts facts) {
    Step queued = facts.queued;
    if (facts.ticket != 0) {
      if (queued == null) {
        requireStep(facts, facts.ticket, "queued");
      } else if (queued.revision() != facts.ticket) {
        reportDifferent(facts, "queued with ticket " + queued.revision(), queued);
      }
    }
    Answer answer = facts.answer;
    if (answer instanceof Answer.Granted granted && facts.granted == null) {
      if (granted.revision() == granted.token()) {
        requireGrant(facts, granted.token());
      }
    } else if (answer instanceof Answer.HandedOver handedOver && facts.released == null) {
      requireGrant(facts, handedOver.token());
    } else if (answer instanceof Answer.Released released && facts.released == null) {
      requireRelease(facts, released.revision());
    } else if (answer != null) {
      findings.checked(Rule.ACKNOWLEDGED_STEP_MISSING);
    }
  }

  private void requireGrant(RequestFacts facts, long token) {
    findings.checked(Rule.ACKNOWLEDGED_STEP_MISSING);
    for (Step step = evidence.steps.get(token); step != null; step = step.next) {
      if (step.line instanceof NodeLine.LockGranted) {
        return; // whose it is, is looked at with the other grants
      }
    }
    requireStep(facts, token, "granted");
  }

  private void requireRelease(RequestFacts facts, long revision) {
    findings.checked(Rule.ACKNOWLEDGED_STEP_MISSING);
    Operation asked = facts.asked;
    for (Step step = evidence.steps.get(revision); step != null; step = step.next) {
      if (step.line instanceof NodeLine.LockReleased line
          && (asked == null || line.token() == asked.token())) {
        return;
      }
    }
    requireStep(facts, revision, "released");
  }

  private void requireStep(RequestFacts facts, long revision, String what) {
    if (coverage.contains(revision)) {
      findings.report(
          Rule.ACKNOWLEDGED_STEP_MISSING,
          "%s was %s at revision %d, says its client, and the nodes applied no such thing"
              .formatted(facts.key, what, revision),
          facts.answerAt == null ? facts.askedAt : facts.answerAt);
    }
  }

  /** Whoever tells of the outcome tells the same. */
  private void checkAnswers(RequestFacts facts) {
    compare(facts, facts.answer, facts.answerAt);
    compare(facts, facts.repeated, facts.repeatedAt);
    Answer answer = facts.answer;
    Answer repeated = facts.repeated;
    if (answer != null && repeated != null) {
      findings.checked(Rule.ANSWERS_DIFFER);
      if (!RequestFacts.same(answer, repeated)) {
        findings.report(
            Rule.ANSWERS_DIFFER,
            "%s was answered with %s, and a node gave it the answer %s"
                .formatted(facts.key, answer, repeated),
            facts.answerAt,
            facts.repeatedAt);
      }
    }
  }

  private void compare(RequestFacts facts, @Nullable Answer answer, @Nullable LocatedLine at) {
    if (answer == null) {
      return;
    }
    Step granted = facts.granted;
    Step left = facts.left;
    Step released = facts.released;
    if (granted != null) {
      NodeLine.LockGranted line = (NodeLine.LockGranted) granted.line;
      requireSame(
          facts, answer, at, new Answer.Granted(line.revision(), line.expiresAtMillis()), granted);
    } else if (left != null) {
      findings.checked(Rule.ANSWERS_DIFFER);
      if (!(answer instanceof Answer.Refused) || answer.revision() != left.revision()) {
        reportDifferent(facts, "taken out of the queues at revision " + left.revision(), left);
      }
    } else if (released != null && released.line instanceof NodeLine.LockReleased line) {
      long revision = released.revision();
      if (line.end() == GrantEnd.RELEASED) {
        requireSame(facts, answer, at, new Answer.Released(revision), released);
      } else if (line.end() == GrantEnd.HANDED_OVER) {
        requireSame(facts, answer, at, new Answer.HandedOver(revision), released);
      }
    } else if (facts.converted != null
        && facts.converted.line instanceof NodeLine.LockConverted line) {
      Answer converted = new Answer.Granted(line.token(), 0, line.revision());
      requireSame(facts, answer, at, converted, facts.converted);
    }
  }

  private void requireSame(
      RequestFacts facts, Answer told, @Nullable LocatedLine at, Answer applied, Step step) {
    findings.checked(Rule.ANSWERS_DIFFER);
    if (!RequestFacts.same(told, applied)) {
      findings.report(
          Rule.ANSWERS_DIFFER,
          "%s was answered with %s, and the nodes applied %s".formatted(facts.key, told, applied),
          at,
          step.at);
    }
  }

  private void reportDifferent(RequestFacts facts, String applied, Step step) {
    findings.report(
        Rule.ANSWERS_DIFFER,
        "%s was %s by the nodes, and its client was told something else"
            .formatted(facts.key, applied),
        facts.answerAt == null ? facts.askedAt : facts.answerAt,
        step.at);
  }

  private void countUnknown(RequestFacts facts) {
    if (facts.answered) {
      return;
    }
    unknowns++;
    boolean everythingKnown =
        coverage.knownFromBeginning() > 0 && coverage.knownFromBeginning() == coverage.last();
    if (facts.isResolvedByNodes() || facts.queued != null || everythingKnown) {
      unknownsResolved++;
    }
  }
}
