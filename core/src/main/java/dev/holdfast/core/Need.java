package dev.holdfast.core;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One lock in one mode, as the machine sees it: a demand of the request, or an intention that one
 * of its demands means for a lock above.
 *
 * @param lock the lock's name
 * @param mode the mode's wire number
 * @param explicit whether the request itself names the lock
 */
record Need(String lock, int mode, boolean explicit) {

  /**
   * The demands of a request, merged to one per lock, the least mode that covers all, in the order
   * of names.
   */
  static List<Demand> merged(List<Demand> demands) {
    if (demands.size() == 1) {
      return List.copyOf(demands);
    }
    Map<String, Integer> modes = new TreeMap<>();
    for (Demand demand : demands) {
      modes.merge(demand.getLock(), demand.getModeValue(), Modes::join);
    }
    List<Demand> merged = new ArrayList<>(modes.size());
    modes.forEach(
        (lock, mode) -> merged.add(Demand.newBuilder().setLock(lock).setModeValue(mode).build()));
    return List.copyOf(merged);
  }

  /**
   * Merged demands and the intentions that follow from them, one need per lock, in the order of
   * names.
   */
  static List<Need> of(List<Demand> merged) {
    if (merged.size() == 1 && merged.getFirst().getLock().indexOf('/') < 0) {
      Demand demand = merged.getFirst();
      return List.of(new Need(demand.getLock(), demand.getModeValue(), true));
    }
    Map<String, Need> needs = new TreeMap<>();
    for (Demand demand : merged) {
      add(needs, new Need(demand.getLock(), demand.getModeValue(), true));
      int intention = Modes.intentionOf(demand.getModeValue());
      for (String ancestor : LockName.ancestorsOf(demand.getLock())) {
        add(needs, new Need(ancestor, intention, false));
      }
    }
    return List.copyOf(needs.values());
  }

  private static void add(Map<String, Need> needs, Need need) {
    needs.merge(need.lock(), need, Need::with);
  }

  private Need with(Need other) {
    return new Need(lock, Modes.join(mode, other.mode), explicit || other.explicit);
  }
}
