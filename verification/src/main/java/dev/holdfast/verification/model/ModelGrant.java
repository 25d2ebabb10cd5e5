package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.List;
import java.util.SortedMap;

/**
 * A fulfilled request.
 *
 * @param token the revision of its grant step
 * @param sessionId whose it is
 * @param owner the owner key inside the session
 * @param demands what was asked for, merged, in name order, without intentions
 * @param effective what that means lock by lock: the demands and the intentions on the locks above
 * @param ticket the revision at which the request entered
 * @param grantedAtMillis on the cluster clock
 * @param expiresAtMillis on the cluster clock; 0 when kept alive with the session
 */
public record ModelGrant(
    long token,
    long sessionId,
    String owner,
    List<Demand> demands,
    SortedMap<String, LockMode> effective,
    long ticket,
    long grantedAtMillis,
    long expiresAtMillis) {

  boolean isFixedLease() {
    return expiresAtMillis != 0;
  }
}
