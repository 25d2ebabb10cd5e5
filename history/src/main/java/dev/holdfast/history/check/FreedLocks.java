package dev.holdfast.history.check;

import dev.holdfast.history.LockMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches that whoever can be served after something was freed is served in the same command.
 *
 * <p>Looks, at every lock that was freed, at the first waiting request of each mode only: if a
 * later one of the same mode could be served, then so could the first, unless its other locks keep
 * it. Only where everything is known from the beginning of the map, for the rule is about what
 * <em>nothing</em> stands in the way of.
 */
final class FreedLocks {
  private final LockState state;
  private final long knownUntil;
  private final Findings findings;
  private final Map<String, LocatedLine> freed = new LinkedHashMap<>();
  private long revision;

  FreedLocks(LockState state, long knownUntil, Findings findings) {
    this.state = state;
    this.knownUntil = knownUntil;
    this.findings = findings;
  }

  /** Something is about to happen; {@code isTurn} if it is a grant that follows from the last. */
  void before(Moment moment, boolean isTurn) {
    if (moment.revision() > revision && !isTurn) {
      settle();
    }
    revision = moment.revision();
  }

  /** A place at these locks was given up. */
  void add(List<Need> needs, LocatedLine at) {
    for (Need need : needs) {
      freed.put(need.lock(), at);
    }
  }

  void end() {
    settle();
  }

  private void settle() {
    if (freed.isEmpty()) {
      return;
    }
    if (revision + 1 <= knownUntil) {
      freed.forEach(
          (lock, at) -> {
            for (LockMode mode : LockMode.values()) {
              Waiting first = state.queue.first(lock, mode);
              if (first != null) {
                check(first, lock, at);
              }
            }
          });
    }
    freed.clear();
  }

  private void check(Waiting waiting, String lock, LocatedLine freedBy) {
    findings.checked(Rule.WAITER_FORGOTTEN);
    for (Need need : waiting.needs()) {
      if (isInTheWay(waiting, need) != null && !state.held.isCovered(waiting.owner, need)) {
        return;
      }
    }
    findings.report(
        Rule.WAITER_FORGOTTEN,
        "nothing stood in the way of %s, waiting with ticket %d, after %s was freed at revision %d,"
                .formatted(waiting.owner, waiting.ticket(), lock, revision)
            + " and it was not granted",
        waiting.at,
        freedBy);
  }

  private @Nullable Place isInTheWay(Waiting waiting, Need need) {
    Place holder = state.holderInTheWay(waiting.owner, need, waiting.converts);
    return holder != null
        ? holder
        : state.waiterInTheWay(waiting.owner, need, waiting.ticket(), waiting.converts != 0);
  }
}
