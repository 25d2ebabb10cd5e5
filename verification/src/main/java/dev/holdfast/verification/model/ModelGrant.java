package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A fulfilled request.
 *
 * @param token the revision of its grant step
 * @param owner whose it is
 * @param demands what was asked for, merged, in name order, without intentions
 * @param needs what that means lock by lock: the demands and the intentions on the locks above
 * @param ticket the revision at which the request entered
 * @param grantedAtMillis on the cluster clock
 * @param expiresAtMillis on the cluster clock; 0 when kept alive with the session
 * @param atLeastUntilMillis on the cluster clock; 0 for none
 * @param lockDelayMillis after an unclean end; 0 for none
 * @param gated no lock delay is needed
 */
record ModelGrant(
    long token,
    ModelOwner owner,
    List<Demand> demands,
    SortedMap<String, ModelNeed> needs,
    long ticket,
    long grantedAtMillis,
    long expiresAtMillis,
    long atLeastUntilMillis,
    long lockDelayMillis,
    boolean gated) {

  long sessionId() {
    return owner.sessionId();
  }

  boolean isFixedLease() {
    return expiresAtMillis != 0;
  }

  boolean asksForReservation() {
    return atLeastUntilMillis != 0 || (lockDelayMillis > 0 && !gated);
  }

  /** What it has of a lock that it names; null if it does not name it. */
  @Nullable ModelNeed named(String lock) {
    return demands.stream()
        .filter(demand -> demand.getLock().equals(lock))
        .map(ModelNeed::of)
        .findFirst()
        .orElse(null);
  }

  boolean names(String lock) {
    return named(lock) != null;
  }
}
