package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.GrantRecord;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fulfilled request. Immutable; its token names it.
 *
 * @param demands merged demands, in the order of names
 * @param needs the demands with the intentions that follow from them
 * @param expiresAtMillis on the cluster clock; 0 when kept alive with the session
 * @param atLeastUntilMillis the locks stay reserved until then; 0 for none
 * @param lockDelayMillis for how long they stay reserved after an unclean end
 * @param gated whether what they protect checks tokens, so that no delay is needed
 * @param giver who handed it over, so that its session can be told of it again; null if it came
 *     otherwise
 */
record Grant(
    long token,
    OwnerKey owner,
    long ticket,
    List<Demand> demands,
    List<Need> needs,
    long grantedAtMillis,
    long expiresAtMillis,
    long atLeastUntilMillis,
    long lockDelayMillis,
    boolean gated,
    @Nullable Giver giver) {

  /** The grant from which a hand-over came, which has ended with it. */
  record Giver(long sessionId, long token) {}

  /** A grant that nobody handed over. */
  Grant(
      long token,
      OwnerKey owner,
      long ticket,
      List<Demand> demands,
      List<Need> needs,
      long grantedAtMillis,
      long expiresAtMillis,
      long atLeastUntilMillis,
      long lockDelayMillis,
      boolean gated) {
    this(
        token,
        owner,
        ticket,
        demands,
        needs,
        grantedAtMillis,
        expiresAtMillis,
        atLeastUntilMillis,
        lockDelayMillis,
        gated,
        null);
  }

  static Grant of(GrantRecord row) {
    List<Demand> demands = List.copyOf(row.getDemandsList());
    return new Grant(
        row.getToken(),
        new OwnerKey(row.getSessionId(), row.getOwner()),
        row.getTicket(),
        demands,
        Need.of(demands),
        row.getGrantedAtMillis(),
        row.getExpiresAtMillis(),
        row.getAtLeastUntilMillis(),
        row.getLockDelayMillis(),
        row.getGated(),
        row.getFromToken() == 0 ? null : new Giver(row.getFromSessionId(), row.getFromToken()));
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
        .setAtLeastUntilMillis(atLeastUntilMillis)
        .setLockDelayMillis(lockDelayMillis)
        .setGated(gated)
        .setFromSessionId(giver == null ? 0 : giver.sessionId())
        .setFromToken(giver == null ? 0 : giver.token())
        .build();
  }

  /** The same grant with less. */
  Grant withDemands(List<Demand> newDemands, List<Need> newNeeds) {
    return new Grant(
        token,
        owner,
        ticket,
        newDemands,
        newNeeds,
        grantedAtMillis,
        expiresAtMillis,
        atLeastUntilMillis,
        lockDelayMillis,
        gated,
        giver);
  }

  /** Its successor with another end. */
  Grant extended(long newToken, long newExpiresAtMillis) {
    return new Grant(
        newToken,
        owner,
        ticket,
        demands,
        needs,
        grantedAtMillis,
        newExpiresAtMillis,
        atLeastUntilMillis,
        lockDelayMillis,
        gated);
  }

  /** Its successor by a conversion. */
  Grant converted(long newToken, Waiting conversion) {
    return new Grant(
        newToken,
        owner,
        conversion.ticket(),
        conversion.demands(),
        conversion.needs(),
        grantedAtMillis,
        expiresAtMillis,
        atLeastUntilMillis,
        lockDelayMillis,
        gated);
  }

  /** Its successor with another owner. */
  Grant handedOver(long newToken, OwnerKey receiver, long newTicket, long clockMillis) {
    return new Grant(
        newToken,
        receiver,
        newTicket,
        demands,
        needs,
        clockMillis,
        expiresAtMillis,
        atLeastUntilMillis,
        lockDelayMillis,
        gated,
        new Giver(owner.sessionId(), token));
  }

  GrantInfo info() {
    return new GrantInfo(
        token, owner.sessionId(), owner.owner(), demands, ticket, grantedAtMillis, expiresAtMillis);
  }

  /** Whether its locks may stay reserved when it ends. */
  boolean mayReserve() {
    return atLeastUntilMillis > 0 || (lockDelayMillis > 0 && !gated);
  }

  /** Whether this is held by nobody: see {@link Reservation}. */
  boolean isReservation() {
    return owner.sessionId() == Reservation.NO_SESSION;
  }

  boolean names(String lock) {
    return demandFor(lock) != null;
  }

  @Nullable Demand demandFor(String lock) {
    for (Demand demand : demands) {
      if (demand.getLock().equals(lock)) {
        return demand;
      }
    }
    return null;
  }

  /** What this grant holds of a lock, intentions included; null when it holds nothing. */
  @Nullable Need needAt(String lock) {
    return Need.at(lock, needs);
  }
}
