package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.SortedMap;

/**
 * "A reservation is held by nobody: it blocks everybody, like a grant of an owner of its own."
 *
 * @param token that of the grant that has ended
 * @param owner who held it
 * @param demands what it had
 * @param needs the demands and the intentions on the locks above
 * @param untilMillis when it ends, on the cluster clock
 */
record ModelReservation(
    long token,
    ModelOwner owner,
    List<Demand> demands,
    SortedMap<String, ModelNeed> needs,
    long untilMillis) {

  boolean names(String lock) {
    return demands.stream().anyMatch(demand -> demand.getLock().equals(lock));
  }
}
