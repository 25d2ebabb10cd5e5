package dev.holdfast.history.check;

import dev.holdfast.history.NodeLine.DeadlockFound;
import dev.holdfast.history.NodeLine.Member;
import dev.holdfast.history.NodeLine.RequestLeft;
import dev.holdfast.history.NodeLine.RequestPassed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who waits for whom: deadlocks that are none, victims that stay, passings of nobody. */
final class WaitChecks {
  private final LockState state;
  private final Coverage coverage;
  private final Findings findings;

  /** Victims that are to leave at the present revision, and the line that says so. */
  private final Map<Long, LocatedLine> victims = new LinkedHashMap<>();

  private long revision;

  WaitChecks(LockState state, Coverage coverage, Findings findings) {
    this.state = state;
    this.coverage = coverage;
    this.findings = findings;
  }

  /** Something is about to happen at a revision. */
  void before(long next) {
    if (next > revision) {
      end();
      revision = next;
    }
  }

  /** Nothing more happens at the revision. */
  void end() {
    if (coverage.contains(revision)) {
      victims.forEach(
          (ticket, at) ->
              findings.report(
                  Rule.VICTIM_STAYED,
                  "the request with ticket %d was to leave the queues at revision %d and did not"
                      .formatted(ticket, revision),
                  at));
    }
    victims.clear();
  }

  void onDeadlock(LocatedLine at, DeadlockFound line) {
    findings.checked(Rule.FALSE_DEADLOCK);
    findings.checked(Rule.VICTIM_STAYED);
    victims.put(line.victim(), at);
    List<Member> members = line.members();
    boolean whole = members.size() == line.length();
    if (whole && members.stream().noneMatch(member -> member.ticket() == line.victim())) {
      findings.report(
          Rule.FALSE_DEADLOCK,
          "the deadlock at revision %d was broken by the request with ticket %d, which is not in it"
              .formatted(line.revision(), line.victim()),
          at);
    }
    for (int i = 0; i < members.size(); i++) {
      boolean last = i == members.size() - 1;
      Member next = last ? (whole ? members.get(0) : null) : members.get(i + 1);
      if (!isEdge(line, members.get(i), next, at)) {
        return;
      }
    }
  }

  /** Whether a member may wait for the next one's grant; one fault in a cycle is told. */
  private boolean isEdge(DeadlockFound line, Member member, @Nullable Member next, LocatedLine at) {
    Waiting waiting = state.waitingByTicket.get(member.ticket());
    Grant grant = state.heldByToken.get(member.token());
    if (waiting == null || grant == null) {
      boolean known =
          (waiting == null && isKnown(member.ticket(), line.revision()))
              || (grant == null && isKnown(member.token(), line.revision()));
      return !known
          || reportEdge(
              line,
              member,
              waiting == null ? "does not wait" : "waits for what is not held",
              waiting,
              at);
    }
    Waiting nextWaiting = next == null ? null : state.waitingByTicket.get(next.ticket());
    if (nextWaiting != null && !nextWaiting.owner.equals(grant.owner)) {
      return reportEdge(line, member, "waits for somebody else than the next", grant, at);
    }
    Need need = waiting.needAt(member.lock());
    Need held = grant.needAt(member.lock());
    boolean inTheWay =
        need != null
            && held != null
            && !waiting.owner.equals(grant.owner)
            && !ModeTable.compatible(need.mode(), held.mode())
            && !state.held.isCovered(waiting.owner, need)
            && state.holderInTheWay(waiting.owner, need, waiting.converts) != null;
    return inTheWay || reportEdge(line, member, "is not held up by that grant", grant, at);
  }

  private boolean reportEdge(
      DeadlockFound line, Member member, String why, @Nullable Place place, LocatedLine at) {
    findings.report(
        Rule.FALSE_DEADLOCK,
        "in the deadlock at revision %d, the request with ticket %d is said to wait at %s for token %d,"
                .formatted(line.revision(), member.ticket(), member.lock(), member.token())
            + " and it "
            + why,
        place == null ? null : place.at,
        at);
    return false;
  }

  /** Whether everything between two revisions is told, so that what is not there has not been. */
  private boolean isKnown(long from, long to) {
    return coverage.endOf(from) >= to;
  }

  void onVictimLeft(RequestLeft line, LocatedLine at) {
    if (victims.remove(line.ticket()) == null && coverage.contains(line.revision())) {
      findings.report(
          Rule.VICTIM_STAYED,
          "the request with ticket %d left the queues for a deadlock that nobody found"
              .formatted(line.ticket()),
          at);
    }
  }

  void onPassed(RequestPassed line, LocatedLine at) {
    findings.checked(Rule.PASSED_WRONGLY);
    Waiting passing = state.waitingByTicket.get(line.ticket());
    Waiting passed = state.waitingByTicket.get(line.passed());
    String wrong = null;
    if (line.passed() >= line.ticket()) {
      wrong = "is not the earlier one";
    } else if (passing == null && isKnown(line.ticket(), line.revision())) {
      wrong = "is passed by one that does not wait";
    } else if (passed == null && isKnown(line.passed(), line.revision())) {
      wrong = "does not wait";
    } else if (passing != null && passed != null && !excludes(passing, passed, line.lock())) {
      wrong = "does not stand in its way there";
    }
    if (wrong != null) {
      findings.report(
          Rule.PASSED_WRONGLY,
          "the request with ticket %d passed that with ticket %d at %s, which %s"
              .formatted(line.ticket(), line.passed(), line.lock(), wrong),
          passed == null ? null : passed.at,
          at);
    }
    state.pass(line.ticket(), line.passed());
  }

  private static boolean excludes(Waiting one, Waiting other, String lock) {
    Need need = one.needAt(lock);
    Need otherNeed = other.needAt(lock);
    return need != null
        && otherNeed != null
        && !one.owner.equals(other.owner)
        && !ModeTable.compatible(need.mode(), otherNeed.mode());
  }
}
