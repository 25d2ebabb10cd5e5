package dev.holdfast.verification.model;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a request's demands mean, lock by lock: "the needs of a request are its demands, merged to
 * one per lock, and the intentions that they mean for the locks above".
 */
class NeedRules {

  /** "A known mode and neither permits nor limit, or no mode and 1 &lt;= permits &lt;= limit." */
  static boolean isWellFormed(Demand demand) {
    if (demand.getModeValue() == LockMode.LOCK_MODE_UNSPECIFIED_VALUE) {
      return 1 <= demand.getPermits() && demand.getPermits() <= demand.getLimit();
    }
    return ModeTable.canBeDemanded(demand.getMode())
        && demand.getPermits() == 0
        && demand.getLimit() == 0;
  }

  /** What is wrong with well-formed demands when they are put together. */
  Optional<Refused> mismatch(List<Demand> demands) {
    for (Map.Entry<String, List<ModelNeed>> atLock : byLock(demands).entrySet()) {
      List<ModelNeed> needs = atLock.getValue();
      long permits = needs.stream().mapToLong(ModelNeed::permits).sum();
      int limit = needs.getFirst().limit();
      boolean oneKind =
          needs.stream().allMatch(ModelNeed::isPermits)
              || needs.stream().noneMatch(ModelNeed::isPermits);
      if (!oneKind) {
        return Optional.of(ModelAnswers.because(RefusalReason.KIND_MISMATCH, atLock.getKey()));
      }
      if (needs.stream().anyMatch(need -> need.limit() != limit)) {
        return Optional.of(ModelAnswers.because(RefusalReason.LIMIT_MISMATCH, atLock.getKey()));
      }
      if (permits > limit) {
        return Optional.of(ModelAnswers.because(RefusalReason.INVALID_REQUEST, atLock.getKey()));
      }
    }
    return Optional.empty();
  }

  private SortedMap<String, List<ModelNeed>> byLock(List<Demand> demands) {
    SortedMap<String, List<ModelNeed>> needs = new TreeMap<>();
    for (Demand demand : demands) {
      needs.computeIfAbsent(demand.getLock(), lock -> new ArrayList<>()).add(ModelNeed.of(demand));
      for (String above : LockName.ancestorsOf(demand.getLock())) {
        needs
            .computeIfAbsent(above, lock -> new ArrayList<>())
            .add(intention(ModelNeed.of(demand)));
      }
    }
    return needs;
  }

  /** One demand for each lock, in the order of names, without intentions. */
  List<Demand> merged(List<Demand> demands) {
    SortedMap<String, ModelNeed> needs = new TreeMap<>();
    for (Demand demand : demands) {
      needs.merge(demand.getLock(), ModelNeed.of(demand), this::joined);
    }
    List<Demand> merged = new ArrayList<>();
    needs.forEach((lock, need) -> merged.add(need.at(lock)));
    return List.copyOf(merged);
  }

  /** The demands, and the intentions on the locks above. */
  SortedMap<String, ModelNeed> effective(List<Demand> merged) {
    SortedMap<String, ModelNeed> needs = new TreeMap<>();
    byLock(merged)
        .forEach((lock, ofLock) -> needs.put(lock, ofLock.stream().reduce(this::joined).get()));
    return needs;
  }

  /** "Modes on one lock are joined (S + IX = SIX). Permits on one lock are added." */
  ModelNeed joined(ModelNeed one, ModelNeed other) {
    return one.isPermits()
        ? new ModelNeed(one.mode(), one.permits() + other.permits(), one.limit())
        : ModelNeed.ofMode(ModeTable.leastCovering(one.mode(), other.mode()));
  }

  /** "IS for NL, IS and S; IX for IX, SIX, X and permits." */
  ModelNeed intention(ModelNeed need) {
    return ModelNeed.ofMode(
        need.isPermits() ? LockMode.LOCK_MODE_IX : ModeTable.intention(need.mode()));
  }

  /** Of needs at one lock: whether who has the first has the second too. */
  boolean covers(ModelNeed has, ModelNeed needs) {
    return has.isPermits()
        ? needs.permits() <= has.permits()
        : ModeTable.covers(has.mode(), needs.mode());
  }
}
