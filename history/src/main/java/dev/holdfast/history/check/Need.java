package dev.holdfast.history.check;

import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A lock in the mode in which a request needs it, asked for or following from what was.
 *
 * @param explicit whether the request names the lock
 */
record Need(String lock, LockMode mode, boolean explicit) {
  /** The demands, one for each lock, and what they mean for the locks above. */
  static List<Need> of(List<Demand> demands) {
    if (demands.size() == 1 && demands.get(0).lock().indexOf('/') < 0) {
      Demand only = demands.get(0);
      return List.of(new Need(only.lock(), only.mode(), true));
    }
    Map<String, LockMode> asked = merged(demands);
    Map<String, LockMode> all = new TreeMap<>(asked);
    asked.forEach(
        (lock, mode) -> {
          for (int slash = lock.indexOf('/'); slash >= 0; slash = lock.indexOf('/', slash + 1)) {
            all.merge(lock.substring(0, slash), ModeTable.above(mode), ModeTable::join);
          }
        });
    List<Need> needs = new ArrayList<>(all.size());
    all.forEach((lock, mode) -> needs.add(new Need(lock, mode, asked.containsKey(lock))));
    return needs;
  }

  /** The least mode for each lock that means all that was demanded. */
  static Map<String, LockMode> merged(List<Demand> demands) {
    Map<String, LockMode> merged = new TreeMap<>();
    for (Demand demand : demands) {
      merged.merge(demand.lock(), demand.mode(), ModeTable::join);
    }
    return merged;
  }
}
