package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.ReservationRecord;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/**
 * What a grant that has ended still keeps others from: its time of at-least-for is not over, or a
 * lock delay runs.
 *
 * <p>In the lock map it is a grant of an owner of its own, which never waits and holds nothing
 * else, so that every rule about grants holds for it unsaid.
 *
 * @param sessionId whose grant it was
 * @param untilMillis on the cluster clock
 * @param asGrant what stands in the lock map
 */
record Reservation(long sessionId, String owner, long untilMillis, Grant asGrant) {
  /** Sessions are numbered from 1 on. */
  static final long NO_SESSION = 0;

  static Reservation of(Grant ended, long untilMillis) {
    return of(
        ended.token(),
        ended.owner().sessionId(),
        ended.owner().owner(),
        ended.demands(),
        ended.needs(),
        untilMillis);
  }

  static Reservation of(ReservationRecord row) {
    List<Demand> demands = List.copyOf(row.getDemandsList());
    return of(
        row.getToken(),
        row.getSessionId(),
        row.getOwner(),
        demands,
        Need.of(demands),
        row.getUntilMillis());
  }

  private static Reservation of(
      long token,
      long sessionId,
      String owner,
      List<Demand> demands,
      List<Need> needs,
      long untilMillis) {
    OwnerKey nobody = new OwnerKey(NO_SESSION, Long.toString(token));
    return new Reservation(
        sessionId,
        owner,
        untilMillis,
        new Grant(token, nobody, 0, demands, needs, 0, untilMillis, 0, 0, false));
  }

  ReservationRecord toRecord() {
    return ReservationRecord.newBuilder()
        .setToken(asGrant.token())
        .setSessionId(sessionId)
        .setOwner(owner)
        .addAllDemands(asGrant.demands())
        .setUntilMillis(untilMillis)
        .build();
  }

  ReservationInfo info() {
    return new ReservationInfo(asGrant.token(), sessionId, owner, asGrant.demands(), untilMillis);
  }
}
