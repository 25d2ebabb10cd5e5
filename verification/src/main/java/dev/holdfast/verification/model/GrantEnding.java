package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.Comparator;

/** What the end of a grant brings with it: reservations, invalid values, conversions that leave. */
class GrantEnding {
  private final LockModel model;
  private final ModelState state;

  GrantEnding(LockModel model) {
    this.model = model;
    this.state = model.state;
  }

  final void end(ModelGrant grant, ModelEvent.GrantEnd end) {
    end(grant, end, "", "");
  }

  /**
   * "In one step: the end of the old grant, its value's invalidation (by name), its conversion's
   * leaving."
   */
  final void end(ModelGrant grant, ModelEvent.GrantEnd end, String operator, String reason) {
    state.grants.remove(grant);
    state.mapChanged();
    long reservedUntilMillis = reservedUntilMillis(grant, end);
    model.tell(
        new ModelEvent.LockReleased(
            state.revision,
            grant.token(),
            grant.sessionId(),
            grant.demands(),
            end,
            operator,
            reason,
            reservedUntilMillis));
    if (reservedUntilMillis > 0) {
      reserve(grant, reservedUntilMillis);
    }
    if (end.isUnclean()) {
      grant.demands().forEach(demand -> maybeInvalidateValue(grant, demand));
    }
    model.files.ended(grant, end);
    if (end != ModelEvent.GrantEnd.EXTENDED && end != ModelEvent.GrantEnd.CONVERTED) {
      maybeLookFrom(grant.owner());
      conversionLeaves(grant);
    }
  }

  /** "If a grant ended whose owner still waits (its grant may have covered a need)". */
  void maybeLookFrom(ModelOwner owner) {
    model.grantEndedOf(owner);
  }

  /**
   * "Reserved until the later of at_least_until and, after an unclean end and not gated, clock +
   * lock_delay, if that is later than the clock."
   *
   * @return 0 if not
   */
  private long reservedUntilMillis(ModelGrant grant, ModelEvent.GrantEnd end) {
    if (end.isReplacement()) {
      return 0;
    }
    long untilMillis = grant.atLeastUntilMillis();
    if (isDelayed(grant, end)) {
      untilMillis =
          Math.max(untilMillis, ModelState.after(state.clockMillis, grant.lockDelayMillis()));
    }
    return untilMillis > state.clockMillis ? untilMillis : 0;
  }

  boolean isDelayed(ModelGrant grant, ModelEvent.GrantEnd end) {
    return end.isUnclean() && !grant.gated();
  }

  private void reserve(ModelGrant grant, long untilMillis) {
    state.reservations.add(
        new ModelReservation(
            grant.token(), grant.owner(), grant.demands(), grant.needs(), untilMillis));
    state.reservations.sort(Comparator.comparingLong(ModelReservation::token));
  }

  /**
   * "When a grant that holds a lock by name in SIX or X ends uncleanly, the value becomes invalid."
   */
  void maybeInvalidateValue(ModelGrant grant, Demand demand) {
    if (!mayChangeValue(ModelNeed.of(demand))) {
      return;
    }
    state
        .value(demand.getLock())
        .filter(ModelValue::valid)
        .ifPresent(
            value -> {
              state.put(
                  new ModelValue(
                      value.lock(), value.value(), false, value.token(), state.revision));
              model.tell(
                  new ModelEvent.LockValueChanged(
                      state.revision, value.lock(), value.value(), false, grant.token()));
            });
  }

  static boolean mayChangeValue(ModelNeed held) {
    return held.mode() == LockMode.LOCK_MODE_SIX || held.mode() == LockMode.LOCK_MODE_X;
  }

  /**
   * "If the old grant ends first, the conversion leaves the queue with STALE_TOKEN in that same
   * step, after the end of the grant."
   */
  private void conversionLeaves(ModelGrant grant) {
    for (ModelRequest request : state.waitingOf(grant.sessionId())) {
      if (request.convertsNow() == grant.token()) {
        model.leave(
            request,
            ModelEvent.QueueExit.GRANT_ENDED,
            ModelAnswers.because(RefusalReason.STALE_TOKEN));
      }
    }
  }

  final void endReservation(ModelReservation reservation) {
    endReservation(reservation, "", "");
  }

  final void endReservation(ModelReservation reservation, String operator, String reason) {
    state.reservations.remove(reservation);
    state.mapChanged();
    model.tell(
        new ModelEvent.ReservationEnded(
            state.revision, reservation.token(), reservation.demands(), operator, reason));
  }
}
