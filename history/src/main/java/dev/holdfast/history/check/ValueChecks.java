package dev.holdfast.history.check;

import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine.GrantEnd;
import dev.holdfast.history.NodeLine.LockReleased;
import dev.holdfast.history.NodeLine.ValueChange;
import dev.holdfast.history.NodeLine.ValueChanged;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who changes the values of locks, and that they become invalid when they must. */
final class ValueChecks {
  private final LockState state;
  private final Grants grants;
  private final Coverage coverage;
  private final Findings findings;

  /** By lock: the line that set the value that is valid. */
  private final Map<String, LocatedLine> valid = new HashMap<>();

  ValueChecks(LockState state, Grants grants, Coverage coverage, Findings findings) {
    this.state = state;
    this.grants = grants;
    this.coverage = coverage;
    this.findings = findings;
  }

  void onChanged(ValueChanged line, LocatedLine at) {
    findings.checked(Rule.VALUE_CHANGED_BY_ANOTHER);
    if (line.change() == ValueChange.SET) {
      valid.put(line.lock(), at);
    } else {
      valid.remove(line.lock());
    }
    Grant held = state.heldByToken.get(line.token());
    String wrong;
    if (held == null) {
      boolean known = coverage.endOf(line.token()) >= line.revision();
      wrong = known ? "was not held" : null;
    } else if (!mayChange(held, line.lock())) {
      wrong = "does not hold the lock in SIX or X";
    } else if (line.change() == ValueChange.INVALIDATED && !endsUncleanly(held, line.revision())) {
      wrong = "did not end uncleanly then";
    } else {
      wrong = null;
    }
    if (wrong != null) {
      findings.report(
          Rule.VALUE_CHANGED_BY_ANOTHER,
          "the value of %s was %s at revision %d with token %d, which %s"
              .formatted(
                  line.lock(),
                  line.change().name().toLowerCase(java.util.Locale.ROOT),
                  line.revision(),
                  line.token(),
                  wrong),
          held == null ? null : held.at,
          at);
    }
  }

  private boolean endsUncleanly(Grant held, long revision) {
    Grant grant = grants.get(held.token());
    LockReleased end = grant == null ? null : grant.end;
    return end == null
        ? !coverage.contains(revision)
        : end.revision() == revision && isUnclean(end.end());
  }

  private static boolean isUnclean(GrantEnd end) {
    return end == GrantEnd.LEASE_EXPIRED
        || end == GrantEnd.SESSION_EXPIRED
        || end == GrantEnd.FORCE_RELEASED;
  }

  private static boolean mayChange(Grant grant, String lock) {
    Need need = grant.needAt(lock);
    return need != null && need.explicit() && changes(need.mode());
  }

  private static boolean changes(@Nullable LockMode mode) {
    return mode == LockMode.SIX || mode == LockMode.X;
  }

  /** A grant ended; the values that became invalid with it were told before. */
  void onEnded(Grant grant, Ending ending, long revision, LocatedLine at) {
    if (valid.isEmpty() || !isUnclean(ending.end())) {
      return;
    }
    for (Demand demand : grant.demands()) {
      LocatedLine set = changes(demand.mode()) ? valid.remove(demand.lock()) : null;
      if (set == null || !(set.line() instanceof ValueChanged change)) {
        continue;
      }
      findings.checked(Rule.VALUE_LEFT_VALID);
      if (coverage.endOf(change.revision()) >= revision) {
        findings.report(
            Rule.VALUE_LEFT_VALID,
            "token %d ended uncleanly at revision %d, and the value of %s stayed valid"
                .formatted(grant.token(), revision, demand.lock()),
            set,
            at);
      }
    }
  }
}
