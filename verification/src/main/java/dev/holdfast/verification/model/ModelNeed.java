package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.Map;

/**
 * "A need is a lock and either a mode or permits": what is needed at one lock, intentions included.
 *
 * @param mode unspecified for permits
 * @param permits 0 for a mode
 * @param limit of the semaphore; 0 for a mode
 */
record ModelNeed(LockMode mode, int permits, int limit) {

  static ModelNeed of(Demand demand) {
    return new ModelNeed(demand.getMode(), demand.getPermits(), demand.getLimit());
  }

  static ModelNeed ofMode(LockMode mode) {
    return new ModelNeed(mode, 0, 0);
  }

  /** What is needed at a lock that is among the needs. */
  static ModelNeed at(String lock, Map<String, ModelNeed> needs) {
    ModelNeed need = needs.get(lock);
    if (need == null) {
      throw new IllegalStateException(lock + " is not among " + needs);
    }
    return need;
  }

  boolean isPermits() {
    return permits > 0;
  }

  /** Permits have to be looked at together; one by one, each is in the way of the others. */
  boolean conflictsWith(ModelNeed other) {
    return isPermits() || other.isPermits() || !ModeTable.compatible(mode, other.mode);
  }

  Demand at(String lock) {
    return Demand.newBuilder()
        .setLock(lock)
        .setMode(mode)
        .setPermits(permits)
        .setLimit(limit)
        .build();
  }
}
