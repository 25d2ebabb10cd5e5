package dev.holdfast.history.check;

import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine.GrantEnd;
import dev.holdfast.history.NodeLine.GrantKind;
import dev.holdfast.history.NodeLine.LockConverted;
import dev.holdfast.history.NodeLine.LockReleased;
import dev.holdfast.history.NodeLine.ReservationEnded;
import dev.holdfast.history.NodeLine.RevocationRequested;
import org.jspecify.annotations.Nullable;

/**
 * Whether a grant may be, beside all others: conflicts, permits, reservations, order, replacing.
 */
final class GrantChecks {
  private final LockState state;
  private final Evidence evidence;
  private final Grants grants;
  private final Coverage coverage;
  private final Findings findings;
  private long notComparable;

  GrantChecks(
      LockState state, Evidence evidence, Grants grants, Coverage coverage, Findings findings) {
    this.state = state;
    this.evidence = evidence;
    this.grants = grants;
    this.coverage = coverage;
    this.findings = findings;
  }

  /** A grant whose request does not wait any more, and which does not count as held yet. */
  void onGranted(Grant grant) {
    for (Need need : grant.needs()) {
      checkKind(grant, need);
      if (need.isPermits()) {
        checkPermits(grant, need);
      } else {
        checkConflict(grant, need);
      }
    }
    checkReplaced(grant);
    if (grant.how == GrantKind.ACQUIRED || grant.how == GrantKind.CONVERTED) {
      checkOrder(grant);
    }
  }

  void end() {
    if (notComparable > 0) {
      findings.unchecked(
          notComparable
              + " grants are known without their tickets, or without all that happened while they"
              + " waited, so whether they overtook anybody was not checked: record a node, too");
    }
  }

  /** Whoever begins to use a name uses it as all others do. */
  void checkKind(Place place, Need need) {
    findings.checked(Rule.KINDS_MIXED);
    Place other = state.held.ofAnotherKind(need);
    other = other == null ? state.queue.ofAnotherKind(need) : other;
    other = other == null ? state.reserved.ofAnotherKind(need) : other;
    if (other != null) {
      findings.report(
          Rule.KINDS_MIXED,
          "%s uses %s, which %s uses as %s"
              .formatted(place.owner, need, other.owner, other.needAt(need.lock())),
          other.at,
          place.at);
    }
  }

  private void checkPermits(Grant grant, Need need) {
    findings.checked(Rule.TOO_MANY_PERMITS);
    long held = state.held.permits(need.lock());
    long reserved = state.reserved.permits(need.lock());
    if (held + need.permits() > need.limit()) {
      Grant other = state.held.first(need.lock(), LockMode.PERMITS);
      findings.report(
          Rule.TOO_MANY_PERMITS,
          "%s was granted token %d with %s, while %d were held"
              .formatted(grant.owner, grant.token(), need, held),
          other == null ? null : other.at,
          grant.at);
    } else if (held + reserved + need.permits() > need.limit()) {
      reportReserved(grant, need, state.reserved.first(need.lock(), LockMode.PERMITS));
    }
  }

  private void checkConflict(Grant grant, Need need) {
    findings.checked(Rule.CONFLICTING_GRANTS);
    Grant other = state.held.firstInTheWay(grant.owner, need, Long.MAX_VALUE);
    if (other != null) {
      findings.report(
          Rule.CONFLICTING_GRANTS,
          "%s was granted token %d, which needs %s in mode %s, while %s still held token %d there"
              .formatted(
                  grant.owner, grant.token(), need.lock(), need.mode(), other.owner, other.token()),
          other.at,
          grant.at);
      return;
    }
    Reservation reserved = state.reserved.firstInTheWay(grant.owner, need, Long.MAX_VALUE);
    // What an owner holds already is its own, whatever is reserved beside it.
    if (reserved != null && !isCovered(grant, need)) {
      reportReserved(grant, need, reserved);
    }
  }

  private void reportReserved(Grant grant, Need need, @Nullable Reservation reserved) {
    findings.report(
        Rule.RESERVATION_IGNORED,
        "%s was granted token %d, which needs %s, while %s kept that from everybody"
            .formatted(
                grant.owner, grant.token(), need, reserved == null ? "somebody" : reserved.owner),
        reserved == null ? null : reserved.at,
        grant.at);
  }

  // Order.

  private void checkOrder(Grant grant) {
    if (grant.ticket == Grant.NO_TICKET || mayHavePassedUnseen(grant)) {
      notComparable++;
      return;
    }
    for (Need need : grant.needs()) {
      if (mayBeCoveredUnseen(grant, need)) {
        continue;
      }
      findings.checked(Rule.OVERTAKEN);
      boolean converts = grant.how == GrantKind.CONVERTED;
      Waiting earlier = state.waiterInTheWay(grant.owner, need, grant.ticket, converts);
      if (earlier != null && !isCovered(grant, need)) {
        findings.report(
            Rule.OVERTAKEN,
            "%s, with ticket %d, was granted token %d on %s before %s, who had waited there since"
                    .formatted(grant.owner, grant.ticket, grant.token(), need.lock(), earlier.owner)
                + " revision "
                + earlier.ticket(),
            earlier.at,
            grant.at);
        return;
      }
    }
  }

  /** A request that waited may have passed others; one that did not may not. */
  private boolean mayHavePassedUnseen(Grant grant) {
    if (!grant.toldByNode && grant.ticket == grant.token() - 1) {
      return false; // a preempt
    }
    return coverage.endOf(grant.ticket) < grant.token() - 1;
  }

  /**
   * Whether the owner may hold what satisfies the need without a look at the queue, and nobody
   * tells of it. What is asked for by name in more than an intention cannot be: it would be held
   * already.
   */
  private boolean mayBeCoveredUnseen(Grant grant, Need need) {
    if (grant.how == GrantKind.CONVERTED && grants.get(grant.replaces) == null) {
      return true;
    }
    boolean intention = need.mode() == LockMode.IS || need.mode() == LockMode.IX;
    if (need.isPermits() || (need.explicit() && !intention && grant.how == GrantKind.ACQUIRED)) {
      return false;
    }
    SessionFacts session = evidence.sessions.get(grant.owner.session());
    Step began = session == null ? null : session.began;
    return began == null || coverage.endOf(began.revision() + 1) < grant.token() - 1;
  }

  /** Whether the owner has what is needed: by another grant, or by the one that this replaces. */
  private boolean isCovered(Grant grant, Need need) {
    Grant replaced = grant.replaces == 0 ? null : grants.get(grant.replaces);
    Need before =
        replaced == null || !replaced.owner.equals(grant.owner)
            ? null
            : replaced.needAt(need.lock());
    if (before != null && !need.isPermits() && !before.isPermits()) {
      LockMode joined = before.mode();
      for (LockMode own : state.held.modesOf(grant.owner, need.lock())) {
        joined = ModeTable.join(joined, own);
      }
      return ModeTable.covers(joined, need.mode());
    }
    return state.held.isCovered(grant.owner, need);
  }

  // What takes the place of something else.

  private void checkReplaced(Grant grant) {
    if (grant.replaces == 0) {
      return;
    }
    findings.checked(Rule.REPLACED_WRONGLY);
    Grant old = grants.get(grant.replaces);
    LockReleased end = old == null ? null : old.end;
    GrantEnd expected =
        switch (grant.how) {
          case EXTENDED -> GrantEnd.EXTENDED;
          case HANDED_OVER -> GrantEnd.HANDED_OVER;
          case ACQUIRED, CONVERTED, PASSED -> GrantEnd.CONVERTED;
        };
    long endsAt = expected == GrantEnd.EXTENDED ? grant.token() - 1 : grant.token();
    boolean wrong;
    if (old == null) {
      wrong = coverage.contains(grant.replaces);
    } else if (end == null) {
      wrong = coverage.contains(endsAt);
    } else {
      wrong = end.end() != expected || end.revision() != endsAt;
    }
    boolean otherOwner =
        old != null && expected != GrantEnd.HANDED_OVER && !old.owner.equals(grant.owner);
    if (wrong || otherOwner) {
      findings.report(
          Rule.REPLACED_WRONGLY,
          "token %d came in the place of token %d, which %s"
              .formatted(
                  grant.token(),
                  grant.replaces,
                  otherOwner ? "was another owner's" : "did not end so in that step"),
          old == null ? null : old.at,
          old == null ? null : old.endAt,
          grant.at);
    }
  }

  /** The end of a grant that says that another takes its place. */
  void checkReplacement(Ending ending, long revision, LocatedLine at) {
    if (ending.end() != GrantEnd.CONVERTED && ending.end() != GrantEnd.HANDED_OVER) {
      return;
    }
    findings.checked(Rule.REPLACED_WRONGLY);
    Grant next = grants.get(revision);
    boolean wrong =
        next == null
            ? coverage.contains(revision)
            : next.replaces != 0 && next.replaces != ending.token();
    if (wrong) {
      findings.report(
          Rule.REPLACED_WRONGLY,
          "token %d ended at revision %d because another grant took its place, and none did"
              .formatted(ending.token(), revision),
          at);
    }
  }

  /**
   * A conversion downwards; returns the grant as it was taken out, to be changed and held again, or
   * null if it is not known to be held.
   */
  @Nullable Grant onConverted(LockConverted line, LocatedLine at) {
    findings.checked(Rule.CONVERTED_WRONGLY);
    Grant grant = state.heldByToken.get(line.token());
    String wrong = null;
    if (grant == null) {
      wrong = coverage.endOf(line.token()) >= line.revision() ? "is not held" : null;
    } else if (grant.owner.session() != line.session()) {
      wrong = "is another session's";
    } else {
      for (Need need : Need.of(line.demands())) {
        Need before = grant.needAt(need.lock());
        if (before == null || !before.covers(need)) {
          wrong = "had not got " + need;
        }
      }
    }
    if (wrong != null) {
      findings.report(
          Rule.CONVERTED_WRONGLY,
          "token %d was converted downwards at revision %d, and it %s"
              .formatted(line.token(), line.revision(), wrong),
          grant == null ? null : grant.at,
          at);
    }
    return state.drop(line.token());
  }

  // Reservations and revocations.

  @Nullable Reservation onReservationEnded(ReservationEnded line, LocatedLine at) {
    Reservation reservation = state.endReservation(line.token());
    if (reservation != null && line.operator().isEmpty()) {
      findings.checked(Rule.RESERVATION_ENDED_EARLY);
      if (line.clockMillis() < reservation.untilMillis) {
        findings.report(
            Rule.RESERVATION_ENDED_EARLY,
            "the %s ended at %d ms of the cluster clock, before its end at %d ms"
                .formatted(reservation.owner.owner(), line.clockMillis(), reservation.untilMillis),
            reservation.at,
            at);
      }
    }
    return reservation;
  }

  void onRevocation(RevocationRequested line, LocatedLine at) {
    findings.checked(Rule.REVOKED_WITHOUT_GRANT);
    Grant grant = state.heldByToken.get(line.token());
    boolean wrong =
        grant == null
            ? coverage.endOf(line.token()) >= line.revision()
            : grant.owner.session() != line.session();
    if (wrong) {
      findings.report(
          Rule.REVOKED_WITHOUT_GRANT,
          "session %d was asked at revision %d to let go of token %d, which it did not hold"
              .formatted(line.session(), line.revision(), line.token()),
          grant == null ? null : grant.at,
          at);
    }
  }
}
