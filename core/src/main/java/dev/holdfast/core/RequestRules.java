package dev.holdfast.core;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.Utf8;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a request whatever the map looks like. */
final class RequestRules {
  private RequestRules() {}

  static Refused.@Nullable Builder problemWith(Acquire acquire) {
    if (!isOwner(acquire.getOwner())
        || acquire.getLeaseMillis() < 0
        || !isReservable(acquire.getAtLeastMillis())
        || !isReservable(acquire.getLockDelayMillis())
        || !areDemands(acquire.getDemandsList())) {
      return refused(RefusalReason.INVALID_REQUEST);
    }
    for (Demand demand : acquire.getDemandsList()) {
      String name = demand.getLock();
      if (LockName.structuralProblemWith(name) != null) {
        return refused(RefusalReason.INVALID_NAME).setLock(shown(name));
      }
    }
    return acquire.getDemandsCount() == 1 ? null : problemWithin(acquire.getDemandsList());
  }

  static boolean isOwner(String owner) {
    return !owner.isEmpty() && !Utf8.isLonger(owner, Limits.OWNER_BYTES_MAX);
  }

  private static boolean isReservable(long millis) {
    return millis >= 0 && millis <= Limits.RESERVED_MILLIS_MAX;
  }

  /** Whether there are neither too few nor too many, each in a form that can be understood. */
  static boolean areDemands(List<Demand> demands) {
    if (demands.isEmpty() || demands.size() > Limits.DEMANDS_MAX) {
      return false;
    }
    for (Demand demand : demands) {
      boolean hasPermits = demand.getPermits() != 0 || demand.getLimit() != 0;
      boolean isWellFormed =
          hasPermits
              ? demand.getModeValue() == 0
                  && demand.getPermits() >= 1
                  && demand.getPermits() <= demand.getLimit()
              : Modes.isMode(demand.getMode());
      if (!isWellFormed) {
        return false;
      }
    }
    return true;
  }

  /** What several demands of one request say about one lock. */
  private static final class Sum {
    boolean modes;
    long permits;
    int limit;
    boolean limitsDiffer;

    void add(Demand demand) {
      if (demand.getPermits() == 0) {
        modes = true;
        return;
      }
      limitsDiffer |= limit != 0 && limit != demand.getLimit();
      limit = limit == 0 ? demand.getLimit() : limit;
      permits += demand.getPermits();
    }

    @Nullable RefusalReason problem() {
      if (modes && permits > 0) {
        return RefusalReason.KIND_MISMATCH;
      }
      if (limitsDiffer) {
        return RefusalReason.LIMIT_MISMATCH;
      }
      return permits > limit ? RefusalReason.INVALID_REQUEST : null;
    }
  }

  /** Whether demands contradict each other; the first lock in the order of names decides. */
  private static Refused.@Nullable Builder problemWithin(List<Demand> demands) {
    Map<String, Sum> sums = new TreeMap<>();
    boolean permits = false;
    for (Demand demand : demands) {
      permits |= demand.getPermits() != 0;
    }
    if (!permits) {
      return null;
    }
    for (Demand demand : demands) {
      sums.computeIfAbsent(demand.getLock(), name -> new Sum()).add(demand);
      for (String ancestor : LockName.ancestorsOf(demand.getLock())) {
        sums.computeIfAbsent(ancestor, name -> new Sum()).modes = true;
      }
    }
    for (Map.Entry<String, Sum> each : sums.entrySet()) {
      RefusalReason problem = each.getValue().problem();
      if (problem != null) {
        return refused(problem).setLock(each.getKey());
      }
    }
    return null;
  }

  /** The beginning of a name; half a surrogate pair at the cut would not survive UTF-8. */
  static String shown(String name) {
    int length = Math.min(name.length(), Limits.NAME_SHOWN_MAX);
    boolean cutsPair = length < name.length() && Character.isHighSurrogate(name.charAt(length - 1));
    return name.substring(0, cutsPair ? length - 1 : length);
  }

  static Refused.Builder refused(RefusalReason reason) {
    return Refused.newBuilder().setReason(reason);
  }
}
