package dev.holdfast.history.check;

import dev.holdfast.history.LockMode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
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
  }

  private final Map<String, AtLock<P>> locks = new HashMap<>();

  void add(P place) {
    for (Need need : place.needs) {
      AtLock<P> lock = locks.computeIfAbsent(need.lock(), unused -> new AtLock<>());
      AtMode<P> mode = lock.modes.computeIfAbsent(need.mode(), unused -> new AtMode<>());
      mode.byId.put(place.id, place);
      mode.owners.merge(place.owner, 1, Integer::sum);
      if (need.explicit()) {
        lock.explicit.put(place.id, place);
      }
    }
  }

  void remove(P place) {
    for (Need need : place.needs) {
      AtLock<P> lock = locks.get(need.lock());
      AtMode<P> mode = lock == null ? null : lock.modes.get(need.mode());
      if (lock == null || mode == null || !mode.byId.remove(place.id, place)) {
        continue;
      }
      mode.owners.computeIfPresent(place.owner, (owner, count) -> count == 1 ? null : count - 1);
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
        if (!place.owner.equals(owner)) {
          first = first == null || place.id < first.id ? place : first;
          break;
        }
      }
    }
    return first;
  }

  /** Whether an owner has a place at a lock that means the mode already. */
  boolean isCovered(OwnerKey owner, Need need) {
    AtLock<P> lock = locks.get(need.lock());
    if (lock == null) {
      return false;
    }
    LockMode joined = null;
    for (Map.Entry<LockMode, AtMode<P>> entry : lock.modes.entrySet()) {
      if (entry.getValue().owners.containsKey(owner)) {
        joined = joined == null ? entry.getKey() : ModeTable.join(joined, entry.getKey());
      }
    }
    return joined != null && ModeTable.covers(joined, need.mode());
  }

  /** The first of those that stand at a lock in a mode; null if nobody does. */
  @Nullable P first(String lock, LockMode mode) {
    AtLock<P> at = locks.get(lock);
    AtMode<P> inMode = at == null ? null : at.modes.get(mode);
    return inMode == null ? null : inMode.byId.firstEntry().getValue();
  }

  /** Who names a lock, in order. */
  Collection<P> naming(String lock) {
    AtLock<P> at = locks.get(lock);
    return at == null ? java.util.List.of() : at.explicit.values();
  }
}
