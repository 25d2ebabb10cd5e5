package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.ArrayList;
import java.util.List;

/** How much of a lock a demand is, compared with another one; the cluster decides by the same. */
final class Modes {
  private Modes() {}

  /** The demands with these in the place of those for the same locks. */
  static List<Demand> changed(List<Demand> demands, List<Demand> changes) {
    List<Demand> changed = new ArrayList<>(demands.size());
    for (Demand demand : demands) {
      changed.add(changeOf(demand, changes));
    }
    return List.copyOf(changed);
  }

  private static Demand changeOf(Demand demand, List<Demand> changes) {
    for (Demand change : changes) {
      if (change.getLock().equals(demand.getLock())) {
        return change;
      }
    }
    return demand;
  }

  /** Of each lock what both sides have; the locks of both are the same. */
  static List<Demand> common(List<Demand> some, List<Demand> others) {
    List<Demand> common = new ArrayList<>(some.size());
    for (Demand one : some) {
      Demand other = changeOf(one, others);
      common.add(
          isPermits(one)
              ? (one.getPermits() <= other.getPermits() ? one : other)
              : one.toBuilder().setMode(common(one.getMode(), other.getMode())).build());
    }
    return List.copyOf(common);
  }

  private static LockMode common(LockMode one, LockMode other) {
    if (covers(one, other)) {
      return other;
    }
    return covers(other, one) ? one : LockMode.LOCK_MODE_IS; // of S and IX
  }

  /** Whether the one has all that the others have. */
  static boolean covers(List<Demand> demands, List<Demand> others) {
    for (Demand demand : demands) {
      Demand other = changeOf(demand, others);
      boolean covered =
          isPermits(demand)
              ? demand.getPermits() >= other.getPermits()
              : covers(demand.getMode(), other.getMode());
      if (!covered) {
        return false;
      }
    }
    return true;
  }

  private static boolean covers(LockMode mode, LockMode other) {
    boolean apart = mode == LockMode.LOCK_MODE_S && other == LockMode.LOCK_MODE_IX;
    return mode.getNumber() >= other.getNumber() && !apart;
  }

  private static boolean isPermits(Demand demand) {
    return demand.getMode() == LockMode.LOCK_MODE_UNSPECIFIED;
  }
}
