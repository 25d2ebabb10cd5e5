package dev.holdfast.core;

import com.google.protobuf.UnknownFieldSet;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One lock in one mode, or permits of it, as the machine sees it: a demand of the request, or an
 * intention that one of its demands means for a lock above.
 *
 * @param lock the lock's name
 * @param mode the mode's wire number, or {@link Modes#PERMITS}
 * @param explicit whether the request itself names the lock
 * @param permits how many permits; 0 for a mode
 * @param limit of how many; 0 for a mode
 */
record Need(String lock, int mode, boolean explicit, int permits, int limit) {
  /**
   * The demands of a request, merged to one per lock, the least mode that covers all, or all
   * permits together, in the order of names.
   *
   * @param demands such that {@link RequestRules#problemWithin} finds nothing
   */
  static List<Demand> merged(List<Demand> demands) {
    if (demands.size() == 1) {
      return List.of(known(demands.getFirst()));
    }
    Map<String, Demand> merged = new TreeMap<>();
    for (Demand demand : demands) {
      merged.merge(demand.getLock(), known(demand), Need::joined);
    }
    return List.copyOf(merged.values());
  }

  /** A demand without fields that this version does not know: nothing bounds their length. */
  static Demand known(Demand demand) {
    UnknownFieldSet none = UnknownFieldSet.getDefaultInstance();
    return demand.getUnknownFields().equals(none)
        ? demand
        : demand.toBuilder().setUnknownFields(none).build();
  }

  private static Demand joined(Demand a, Demand b) {
    Demand.Builder both = Demand.newBuilder().setLock(a.getLock());
    if (a.getPermits() > 0) {
      both.setPermits(a.getPermits() + b.getPermits()).setLimit(a.getLimit());
    } else {
      both.setModeValue(Modes.join(a.getModeValue(), b.getModeValue()));
    }
    return both.build();
  }

  /**
   * Merged demands and the intentions that follow from them, one need per lock, in the order of
   * names.
   */
  static List<Need> of(List<Demand> merged) {
    if (merged.size() == 1 && merged.getFirst().getLock().indexOf('/') < 0) {
      return List.of(named(merged.getFirst()));
    }
    Map<String, Need> needs = new TreeMap<>();
    for (Demand demand : merged) {
      Need need = named(demand);
      needs.merge(need.lock, need, Need::with);
      int intention = Modes.intentionOf(need.mode);
      for (String ancestor : LockName.ancestorsOf(need.lock)) {
        needs.merge(ancestor, new Need(ancestor, intention, false, 0, 0), Need::with);
      }
    }
    return List.copyOf(needs.values());
  }

  /** The need for a lock among needs in the order of names; null if there is none. */
  static @Nullable Need at(String lock, List<Need> needs) {
    int from = 0;
    int to = needs.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      Need need = needs.get(middle);
      int order = need.lock.compareTo(lock);
      if (order == 0) {
        return need;
      }
      from = order < 0 ? middle + 1 : from;
      to = order < 0 ? to : middle;
    }
    return null;
  }

  static Need named(Demand demand) {
    int mode = demand.getPermits() > 0 ? Modes.PERMITS : demand.getModeValue();
    return new Need(demand.getLock(), mode, true, demand.getPermits(), demand.getLimit());
  }

  boolean isPermits() {
    return mode == Modes.PERMITS;
  }

  /** Whether whoever has this has {@code other}, a need for the same lock, as well. */
  boolean covers(Need other) {
    return isPermits() ? permits >= other.permits : Modes.covers(mode, other.mode);
  }

  private Need with(Need other) {
    return new Need(lock, Modes.join(mode, other.mode), explicit || other.explicit, 0, 0);
  }
}
