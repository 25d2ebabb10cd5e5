package dev.holdfast.verification.model;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who gets the lock: "A request is granted at the first revision at which, at every lock it
 * demands, its mode is compatible with (a) every other owner's grant and (b) every other owner's
 * earlier waiting request. A demand, or an intention on an ancestor, that is already covered by
 * what the same owner holds is satisfied without looking at the queue."
 *
 * <p>Open to be overridden, so that tests can get single rules wrong on purpose.
 */
class GrantRules {
  private final ModelState state;

  GrantRules(ModelState state) {
    this.state = state;
  }

  /** What keeps a request from being granted, at the first lock in name order that does. */
  record Blocker(String lock, Holder holder, RefusalReason reason) {}

  /** "Demands inside one request are first merged per lock to the least mode that covers all." */
  List<Demand> merged(List<Demand> demands) {
    SortedMap<String, LockMode> modes = new TreeMap<>();
    for (Demand demand : demands) {
      modes.merge(demand.getLock(), demand.getMode(), ModeTable::leastCovering);
    }
    List<Demand> merged = new ArrayList<>();
    modes.forEach(
        (lock, mode) -> merged.add(Demand.newBuilder().setLock(lock).setMode(mode).build()));
    return List.copyOf(merged);
  }

  /** "A demand on a/b/c adds IS (for IS, S) or IX (for IX, SIX, X) on a and a/b; NL adds IS." */
  SortedMap<String, LockMode> effective(List<Demand> merged) {
    SortedMap<String, LockMode> modes = new TreeMap<>();
    for (Demand demand : merged) {
      modes.merge(demand.getLock(), demand.getMode(), ModeTable::leastCovering);
      for (String above : LockName.ancestorsOf(demand.getLock())) {
        modes.merge(above, ModeTable.intention(demand.getMode()), ModeTable::leastCovering);
      }
    }
    return modes;
  }

  /** The waiting requests in the order in which they are looked at when something has changed. */
  List<ModelRequest> servingOrder() {
    return state.waiting;
  }

  boolean isGrantable(ModelRequest request) {
    return firstBlocker(request).isEmpty();
  }

  Optional<Blocker> firstBlocker(ModelRequest request) {
    for (Map.Entry<String, LockMode> demand : request.effective().entrySet()) {
      Optional<Blocker> blocker = blockerAt(demand.getKey(), demand.getValue(), request);
      if (blocker.isPresent()) {
        return blocker;
      }
    }
    return Optional.empty();
  }

  private Optional<Blocker> blockerAt(String lock, LockMode mode, ModelRequest request) {
    if (isCovered(lock, mode, request)) {
      return Optional.empty();
    }
    return conflictingGrant(lock, mode, request)
        .or(() -> conflictingEarlierRequest(lock, mode, request));
  }

  boolean isCovered(String lock, LockMode mode, ModelRequest request) {
    return state.grants.stream()
        .filter(grant -> isSameOwner(grant, request))
        .map(grant -> grant.effective().get(lock))
        .filter(held -> held != null)
        .reduce(ModeTable::leastCovering)
        .filter(held -> ModeTable.covers(held, mode))
        .isPresent();
  }

  /** Condition (a). */
  Optional<Blocker> conflictingGrant(String lock, LockMode mode, ModelRequest request) {
    for (ModelGrant grant : state.grants) {
      LockMode held = grant.effective().get(lock);
      if (held != null && !isSameOwner(grant, request) && !ModeTable.compatible(mode, held)) {
        return Optional.of(
            new Blocker(lock, state.holder(grant, held), RefusalReason.HELD_BY_ANOTHER));
      }
    }
    return Optional.empty();
  }

  /** Condition (b). */
  Optional<Blocker> conflictingEarlierRequest(String lock, LockMode mode, ModelRequest request) {
    for (ModelRequest earlier : state.waiting) {
      LockMode awaited = earlier.effective().get(lock);
      if (awaited != null
          && earlier.ticket() < request.ticket()
          && !isSameOwner(earlier, request)
          && !ModeTable.compatible(mode, awaited)) {
        return Optional.of(
            new Blocker(lock, state.holder(earlier, awaited), RefusalReason.WAITED_FOR_BY_ANOTHER));
      }
    }
    return Optional.empty();
  }

  static boolean isSameOwner(ModelGrant grant, ModelRequest request) {
    return grant.sessionId() == request.sessionId() && grant.owner().equals(request.owner());
  }

  static boolean isSameOwner(ModelRequest one, ModelRequest other) {
    return one.sessionId() == other.sessionId() && one.owner().equals(other.owner());
  }
}
