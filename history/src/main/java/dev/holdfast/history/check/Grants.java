package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Action;
import dev.holdfast.history.ClientLine.Operation;
import dev.holdfast.history.Demand;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All grants, by token: from nodes, and from clients where no node tells. That a token belongs to
 * one request is checked here.
 */
final class Grants {
  final Map<Long, Grant> byToken = new HashMap<>();

  private final Evidence evidence;
  private final Findings findings;

  Grants(Evidence evidence, Findings findings) {
    this.evidence = evidence;
    this.findings = findings;
  }

  @Nullable Grant get(long token) {
    return byToken.get(token);
  }

  void collect(List<Step> steps, Coverage coverage) {
    for (Step step : steps) {
      if (step.line instanceof NodeLine.LockGranted line) {
        addOfNode(step, line, coverage);
      }
    }
    List<RequestFacts> granted = new ArrayList<>();
    for (RequestFacts facts : evidence.requests.values()) {
      if (facts.answer instanceof Answer.Granted) {
        granted.add(facts);
      }
    }
    granted.sort(Comparator.comparingLong(RequestFacts::revision));
    for (RequestFacts facts : granted) {
      addOfClient(facts, (Answer.Granted) java.util.Objects.requireNonNull(facts.answer));
    }
    for (RequestFacts facts : evidence.requests.values()) {
      markConverted(facts);
    }
  }

  /** What a client converts may have less from then on, whatever became of the answer. */
  private void markConverted(RequestFacts facts) {
    Operation asked = facts.asked;
    if (asked == null
        || asked.action() != Action.CONVERT
        || facts.answer instanceof Answer.Refused) {
      return;
    }
    Grant grant = byToken.get(asked.token());
    if (grant != null) {
      grant.mayShrinkUnseen = true;
    }
  }

  private void addOfNode(Step step, NodeLine.LockGranted line, Coverage coverage) {
    RequestKey request =
        line.sequence() == 0 ? null : new RequestKey(line.session(), line.sequence());
    Grant grant =
        new Grant(
            line.revision(),
            new OwnerKey(line.session(), line.owner()),
            line.demands(),
            step.at,
            request,
            line.ticket(),
            line.expiresAtMillis(),
            line.how(),
            true);
    grant.replaces = line.replaces();
    grant.mayShrinkUnseen = true;
    grant.knownUntil = Math.max(line.revision(), coverage.endOf(line.revision()));
    byToken.put(grant.token(), grant);
    findings.checked(Rule.TOKEN_NOT_INCREASING);
    if (line.ticket() >= line.revision()) {
      findings.report(
          Rule.TOKEN_NOT_INCREASING,
          "token %d is not larger than the ticket %d of its request"
              .formatted(line.revision(), line.ticket()),
          step.at);
    }
  }

  private void addOfClient(RequestFacts facts, Answer.Granted answer) {
    Grant known = byToken.get(answer.token());
    LocatedLine at = facts.answerAt;
    Operation asked = facts.asked;
    findings.checked(Rule.TOKEN_NOT_UNIQUE);
    if (known != null) {
      boolean keepsToken = asked != null && asked.action() == Action.CONVERT;
      if (known.request != null && !known.request.equals(facts.key) && !keepsToken) {
        findings.report(
            Rule.TOKEN_NOT_UNIQUE,
            "token %d was given to %s and to %s"
                .formatted(answer.token(), known.request, facts.key),
            known.at,
            at);
      }
      return;
    }
    if (asked == null || at == null) {
      return;
    }
    List<Demand> demands = asked.demands();
    OwnerKey owner = new OwnerKey(asked.session(), asked.owner());
    GrantKind how = kindOf(asked.action());
    if (how != GrantKind.ACQUIRED) {
      Grant old = byToken.get(asked.token());
      if (old == null) {
        return;
      }
      // Of a conversion only what was asked for is certain.
      demands = how == GrantKind.EXTENDED ? old.demands() : demands;
      owner = old.owner;
    }
    long ticket = asked.action() == Action.PREEMPT ? answer.token() - 1 : facts.ticket;
    if (ticket >= answer.token()) {
      findings.report(
          Rule.TOKEN_NOT_INCREASING,
          "token %d is not larger than the ticket %d of its request"
              .formatted(answer.token(), ticket),
          at);
    }
    byToken.put(
        answer.token(),
        new Grant(
            answer.token(),
            owner,
            demands,
            at,
            facts.key,
            ticket,
            answer.expiresAtMillis() == 0 && asked.leaseMillis() != 0
                ? -1
                : answer.expiresAtMillis(),
            how,
            false));
  }

  private static GrantKind kindOf(Action action) {
    return switch (action) {
      case EXTEND -> GrantKind.EXTENDED;
      case CONVERT -> GrantKind.CONVERTED;
      case HAND_OVER -> GrantKind.HANDED_OVER;
      case PREEMPT,
          ACQUIRE,
          RELEASE,
          CANCEL,
          RESOLVE,
          SET_VALUE,
          APPEND_FILE,
          DELETE_FILE,
          REQUEST_REVOCATION ->
          GrantKind.ACQUIRED;
    };
  }
}
