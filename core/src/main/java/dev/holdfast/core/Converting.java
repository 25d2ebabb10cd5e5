package dev.holdfast.core;

import static dev.holdfast.core.RequestRules.refused;

import dev.holdfast.core.Event.LockConverted;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Other modes, or another number of permits, for a grant: downwards at once and in place; upwards
 * as a request that waits beside the grant, held up by other grants and earlier conversions only.
 */
final class Converting {
  private final State state;
  private final Steps steps;
  private final InTheWay inTheWay;

  Converting(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.inTheWay = new InTheWay(steps);
  }

  /** Executes a conversion of a grant of the session itself. */
  void execute(Grant grant, long sequence, Convert convert, long revision) {
    long sessionId = grant.owner().sessionId();
    Refused.Builder broken = brokenRule(grant, convert);
    if (broken != null) {
      steps.answer(sessionId, sequence, Answers.refused(broken, revision));
      return;
    }
    List<Demand> demands = converted(grant, convert);
    List<Need> needs = Need.of(demands);
    if (isDownwards(grant.needs(), needs)) {
      Grant less = convertInPlace(grant, demands, needs, revision);
      steps.answer(sessionId, sequence, Answers.granted(less, revision));
      return;
    }
    Waiting request =
        new Waiting(
            revision,
            grant.owner(),
            sequence,
            demands,
            needs,
            state.clockMillis,
            steps.waitUntilMillis(convert.getWaitMillis()),
            0,
            0,
            0,
            false,
            convert.getPriority(),
            grant.token());
    LockMap.Blocker blocker = state.lockMap.blockerOf(request);
    if (blocker == null) {
      steps.grant(request);
    } else if (convert.getWaitMillis() == 0) {
      steps.answer(sessionId, sequence, Answers.refused(inTheWay.refusal(blocker), revision));
    } else {
      steps.queue(request);
    }
  }

  private Refused.@Nullable Builder brokenRule(Grant grant, Convert convert) {
    if (!RequestRules.areDemands(convert.getDemandsList())) {
      return refused(RefusalReason.INVALID_REQUEST);
    }
    Owner owner = state.lockMap.owner(grant.owner());
    if (owner != null && owner.waiting != null) {
      return refused(RefusalReason.ALREADY_WAITING);
    }
    TreeSet<String> named = new TreeSet<>();
    for (Demand demand : convert.getDemandsList()) {
      Demand held = grant.demandFor(demand.getLock());
      if (held == null || !named.add(demand.getLock())) {
        return refused(RefusalReason.INVALID_REQUEST).setLock(RequestRules.shown(demand.getLock()));
      }
      if (held.getLimit() != demand.getLimit()) {
        boolean otherKind = held.getLimit() == 0 || demand.getLimit() == 0;
        return refused(otherKind ? RefusalReason.KIND_MISMATCH : RefusalReason.LIMIT_MISMATCH)
            .setLock(demand.getLock());
      }
    }
    return null;
  }

  /** The grant's demands with those of the conversion in their places. */
  private static List<Demand> converted(Grant grant, Convert convert) {
    List<Demand> demands = new ArrayList<>(grant.demands().size());
    for (Demand demand : grant.demands()) {
      demands.add(
          convert.getDemandsList().stream()
              .filter(wanted -> wanted.getLock().equals(demand.getLock()))
              .findFirst()
              .map(Need::known)
              .orElse(demand));
    }
    return List.copyOf(demands);
  }

  /** Both name the same locks in the same order, as the demands do. */
  private static boolean isDownwards(List<Need> from, List<Need> to) {
    for (int i = 0; i < from.size(); i++) {
      if (!from.get(i).covers(to.get(i))) {
        return false;
      }
    }
    return true;
  }

  private Grant convertInPlace(Grant grant, List<Demand> demands, List<Need> needs, long revision) {
    if (demands.equals(grant.demands())) {
      return grant;
    }
    Grant less = grant.withDemands(demands, needs);
    state.remove(grant);
    state.add(less);
    state.mapRevision = revision;
    steps.report(
        new LockConverted(
            revision,
            less.token(),
            less.owner().sessionId(),
            less.owner().owner(),
            grant.demands(),
            demands));
    steps.files().changed(less.token(), less);
    return less;
  }
}
