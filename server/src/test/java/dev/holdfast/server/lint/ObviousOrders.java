package dev.holdfast.server.lint;

import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.NeedInfo;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.protocol.v1.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The same in the obvious way: before each request everything that its owner has is looked up in
 * the map, everything ever seen is kept, and everything is compared with everything.
 */
final class ObviousOrders {
  private final List<Observation> all = new ArrayList<>();

  /** One owner that had one thing, among others, asked for another. */
  private record Observation(NeedInfo held, NeedInfo wanted, Map<String, NeedInfo> had) {}

  /** To be called before the request is applied, if it is one that may wait and is taken in. */
  void asks(Machine machine, long sessionId, String owner, List<Demand> demands) {
    Map<String, NeedInfo> had = new TreeMap<>();
    for (GrantInfo grant : grantsOf(machine, sessionId, owner)) {
      for (NeedInfo need : NeedInfo.of(grant.demands())) {
        NeedInfo known = had.get(need.lock());
        had.put(need.lock(), known == null ? need : known.with(need));
      }
    }
    for (NeedInfo wanted : NeedInfo.of(demands)) {
      NeedInfo known = had.get(wanted.lock());
      if (known == null || !known.covers(wanted)) {
        had.values().forEach(held -> all.add(new Observation(held, wanted, had)));
      }
    }
  }

  private static List<GrantInfo> grantsOf(Machine machine, long sessionId, String owner) {
    List<GrantInfo> grants = new ArrayList<>();
    SessionInfo session = machine.state().session(sessionId);
    if (session != null) {
      for (long token : machine.state().tokensOf(sessionId)) {
        GrantInfo grant = machine.state().grant(token);
        if (grant != null && grant.owner().equals(owner)) {
          grants.add(grant);
        }
      }
    }
    return grants;
  }

  /** Every two orders that could deadlock, as text. */
  Set<String> pairs() {
    Set<String> pairs = new TreeSet<>();
    for (Observation one : all) {
      for (Observation other : all) {
        if (isAnother(one, other)
            && meets(one, other)
            && meets(other, one)
            && !alwaysApart(one, other)) {
          List<String> names = new ArrayList<>(List.of(text(one.held, one.wanted)));
          names.add(text(other.held, other.wanted));
          names.sort(null);
          pairs.add(names.toString());
        }
      }
    }
    return pairs;
  }

  static String text(NeedInfo held, NeedInfo wanted) {
    return held + ">" + wanted;
  }

  private static boolean isAnother(Observation one, Observation other) {
    return !text(one.held, one.wanted).equals(text(other.held, other.wanted));
  }

  private static boolean meets(Observation one, Observation other) {
    return one.wanted.lock().equals(other.held.lock()) && one.wanted.conflictsWith(other.held);
  }

  /** Whether something that everybody had besides keeps the two orders apart. */
  private boolean alwaysApart(Observation one, Observation other) {
    for (NeedInfo guard : common(one)) {
      for (NeedInfo another : common(other)) {
        if (guard.permits() == 0
            && guard.lock().equals(another.lock())
            && guard.conflictsWith(another)) {
          return true;
        }
      }
    }
    return false;
  }

  private List<NeedInfo> common(Observation of) {
    List<NeedInfo> common = new ArrayList<>(of.had.values());
    common.removeIf(need -> need.lock().equals(of.held.lock()));
    for (Observation each : all) {
      if (!isAnother(each, of)) {
        common.removeIf(need -> !each.had.containsValue(need));
      }
    }
    return common;
  }
}
