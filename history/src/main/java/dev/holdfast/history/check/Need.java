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
 * @param permits how many; 0 for a mode
 * @param limit of the semaphore; 0 for a mode
 */
record Need(String lock, LockMode mode, boolean explicit, int permits, int limit) {
  /** The demands, one for each lock, and what they mean for the locks above. */
  static List<Need> of(List<Demand> demands) {
    if (demands.size() == 1 && demands.get(0).lock().indexOf('/') < 0) {
      return List.of(of(demands.get(0), true));
    }
    Map<String, Demand> asked = merged(demands);
    Map<String, Demand> all = new TreeMap<>(asked);
    asked.forEach(
        (lock, demand) -> {
          for (int slash = lock.indexOf('/'); slash >= 0; slash = lock.indexOf('/', slash + 1)) {
            String above = lock.substring(0, slash);
            all.merge(above, new Demand(above, ModeTable.above(demand.mode())), Need::join);
          }
        });
    List<Need> needs = new ArrayList<>(all.size());
    all.forEach((lock, demand) -> needs.add(of(demand, asked.containsKey(lock))));
    return needs;
  }

  private static Need of(Demand demand, boolean explicit) {
    return new Need(demand.lock(), demand.mode(), explicit, demand.permits(), demand.limit());
  }

  /** The least mode for each lock that means all that was demanded; permits are added. */
  static Map<String, Demand> merged(List<Demand> demands) {
    Map<String, Demand> merged = new TreeMap<>();
    for (Demand demand : demands) {
      merged.merge(demand.lock(), demand, Need::join);
    }
    return merged;
  }

  private static Demand join(Demand one, Demand other) {
    return new Demand(
        one.lock(),
        ModeTable.join(one.mode(), other.mode()),
        one.permits() + other.permits(),
        Math.max(one.limit(), other.limit()));
  }

  boolean isPermits() {
    return mode == LockMode.PERMITS;
  }

  /** Whether whoever has this has the other, too. */
  boolean covers(Need other) {
    if (isPermits() || other.isPermits()) {
      return isPermits() && other.isPermits() && permits >= other.permits;
    }
    return ModeTable.covers(mode, other.mode);
  }

  @Override
  public String toString() {
    return isPermits() ? lock + " (" + permits + " of " + limit + " permits)" : lock + " " + mode;
  }
}
