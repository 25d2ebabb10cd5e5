package dev.holdfast.history.check;

import dev.holdfast.history.LockMode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has a place at which lock in which mode, and who is in whose way. Everything costs the depth
 * of names and a logarithm, however many have places.
 */
final class LockTable<P extends Place> {
  private static final class AtMode<P> {
    final TreeMap<Long, P> byId = new TreeMap<>();
    final Map<OwnerKey, Integer> owners = new HashMap<>();
  }

  private static final class AtLock<P> {
    final Map<LockMode, AtMode<P>> modes = new EnumMap<>(LockMode.class);
    final TreeMap<Long, P> explicit = new TreeMap<>();
    long permits;
  }

  private final Map<String, AtLock<P>> locks = new HashMap<>();

  void add(P place) {
    for (Need need : place.needs()) {
      AtLock<P> lock = locks.computeIfAbsent(need.lock(), unused -> new AtLock<>());
      AtMode<P> mode = lock.modes.computeIfAbsent(need.mode(), unused -> new AtMode<>());
      mode.byId.put(place.id, place);
      mode.owners.merge(place.owner, 1, Integer::sum);
      lock.permits += need.permits();
      if (need.explicit()) {
        lock.explicit.put(place.id, place);
      }
    }
  }

  void remove(P place) {
    for (Need need : place.needs()) {
      AtLock<P> lock = locks.get(need.lock());
      AtMode<P> mode = lock == null ? null : lock.modes.get(need.mode());
      if (lock == null || mode == null || !mode.byId.remove(place.id, place)) {
        continue;
      }
      mode.owners.computeIfPresent(place.owner, (owner, count) -> count == 1 ? null : count - 1);
      lock.permits -= need.permits();
      lock.explicit.remove(place.id);
      if (mode.byId.isEmpty()) {
        lock.modes.remove(need.mode());
        if (lock.modes.isEmpty()) {
          locks.remove(need.lock());
        }
      }
    }
  }

  /** The first place of another owner, with an id below the bound, that excludes a need. */
  @Nullable P firstInTheWay(OwnerKey owner, Need need, long idBelow) {
    return firstInTheWay(owner, need, idBelow, Set.of());
  }

  /** The same, leaving some out. */
  @Nullable P firstInTheWay(OwnerKey owner, Need need, long idBelow, Set<Long> except) {
    AtLock<P> lock = locks.get(need.lock());
    if (lock == null) {
      return null;
    }
    P first = null;
    for (LockMode other : ModeTable.conflictingWith(need.mode())) {
      AtMode<P> mode = lock.modes.get(other);
      if (mode == null || mode.owners.size() == (mode.owners.containsKey(owner) ? 1 : 0)) {
        continue;
      }
      for (P place : mode.byId.headMap(idBelow).values()) {
        if (!place.owner.equals(owner) && !except.contains(place.id)) {
          first = first == null || place.id < first.id ? place : first;
          break;
        }
      }
    }
    return first;
  }

  /** Whether an owner has a place at a lock that means the mode already. Permits never are. */
  boolean isCovered(OwnerKey owner, Need need) {
    AtLock<P> lock = locks.get(need.lock());
    if (lock == null || need.isPermits()) {
      return false;
    }
    LockMode joined = null;
    for (Map.Entry<LockMode, AtMode<P>> entry : lock.modes.entrySet()) {
      if (entry.getKey() != LockMode.PERMITS && entry.getValue().owners.containsKey(owner)) {
        joined = joined == null ? entry.getKey() : ModeTable.join(joined, entry.getKey());
      }
    }
    return joined != null && ModeTable.covers(joined, need.mode());
  }

  /** What an owner has at a lock, each mode once. */
  List<LockMode> modesOf(OwnerKey owner, String lock) {
    AtLock<P> at = locks.get(lock);
    if (at == null) {
      return List.of();
    }
    return at.modes.entrySet().stream()
        .filter(entry -> entry.getKey() != LockMode.PERMITS)
        .filter(entry -> entry.getValue().owners.containsKey(owner))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The first of those that stand at a lock in a mode; null if nobody does. */
  @Nullable P first(String lock, LockMode mode) {
    AtLock<P> at = locks.get(lock);
    AtMode<P> inMode = at == null ? null : at.modes.get(mode);
    return inMode == null ? null : inMode.byId.firstEntry().getValue();
  }

  /** How many permits of a lock all have together. */
  long permits(String lock) {
    AtLock<P> at = locks.get(lock);
    return at == null ? 0 : at.permits;
  }

  /** Somebody who uses the lock of a need as another kind, or with another limit. */
  @Nullable P ofAnotherKind(Need need) {
    AtLock<P> at = locks.get(need.lock());
    if (at == null) {
      return null;
    }
    for (Map.Entry<LockMode, AtMode<P>> entry : at.modes.entrySet()) {
      P place = entry.getValue().byId.firstEntry().getValue();
      Need other = place.needAt(need.lock());
      boolean alike = (entry.getKey() == LockMode.PERMITS) == need.isPermits();
      if (!alike || (other != null && other.limit() != need.limit())) {
        return place;
      }
    }
    return null;
  }

  /** Who names a lock, in order. */
  Collection<P> naming(String lock) {
    AtLock<P> at = locks.get(lock);
    return at == null ? List.of() : at.explicit.values();
  }
}
