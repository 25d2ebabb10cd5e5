package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.GrantRecord;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/**
 * A fulfilled request. Immutable; its token names it.
 *
 * @param demands merged demands, in the order of names
 * @param needs the demands with the intentions that follow from them
 * @param expiresAtMillis on the cluster clock; 0 when kept alive with the session
 */
record Grant(
    long token,
    OwnerKey owner,
    long ticket,
    List<Demand> demands,
    List<Need> needs,
    long grantedAtMillis,
    long expiresAtMillis) {

  static Grant of(GrantRecord row) {
    List<Demand> demands = List.copyOf(row.getDemandsList());
    return new Grant(
        row.getToken(),
        new OwnerKey(row.getSessionId(), row.getOwner()),
        row.getTicket(),
        demands,
        Need.of(demands),
        row.getGrantedAtMillis(),
        row.getExpiresAtMillis());
  }

  GrantRecord toRecord() {
    return GrantRecord.newBuilder()
        .setToken(token)
        .setSessionId(owner.sessionId())
        .setOwner(owner.owner())
        .setTicket(ticket)
        .addAllDemands(demands)
        .setGrantedAtMillis(grantedAtMillis)
        .setExpiresAtMillis(expiresAtMillis)
        .build();
  }

  GrantInfo info() {
    return new GrantInfo(
        token, owner.sessionId(), owner.owner(), demands, ticket, grantedAtMillis, expiresAtMillis);
  }

  boolean names(String lock) {
    for (Demand demand : demands) {
      if (demand.getLock().equals(lock)) {
        return true;
      }
    }
    return false;
  }

  /** The mode in which this grant holds a lock, intentions included; 0 when it does not. */
  int modeAt(String lock) {
    for (Need need : needs) {
      if (need.lock().equals(lock)) {
        return need.mode();
      }
    }
    return 0;
  }
}
