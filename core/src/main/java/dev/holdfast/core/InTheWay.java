package dev.holdfast.core;

import static dev.holdfast.core.RequestRules.refused;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells a request that is refused what is in its way. */
final class InTheWay {
  private final Steps steps;

  InTheWay(Steps steps) {
    this.steps = steps;
  }

  Refused.Builder refusal(LockMap.Blocker blocker) {
    Grant grant = blocker.grant();
    if (grant == null) {
      Waiting earlier = Objects.requireNonNull(blocker.earlier());
      return refused(RefusalReason.WAITED_FOR_BY_ANOTHER)
          .setLock(blocker.lock())
          .setHolder(
              Answers.holder(
                  earlier.owner(),
                  0,
                  earlier.needAt(blocker.lock()),
                  steps.labelOf(earlier.owner())));
    }
    if (grant.isReservation()) {
      return refused(RefusalReason.RESERVED)
          .setLock(blocker.lock())
          .setReservedUntilMillis(grant.expiresAtMillis());
    }
    return refused(RefusalReason.HELD_BY_ANOTHER)
        .setLock(blocker.lock())
        .setHolder(holder(grant, blocker.lock()));
  }

  /** The first demand whose lock an owner holds by name; null if none. */
  Refused.@Nullable Builder alreadyHeld(@Nullable Owner owner, List<Demand> demands) {
    if (owner == null) {
      return null;
    }
    for (Demand demand : demands) {
      Owner.Held held = owner.heldAt(demand.getLock());
      Grant grant = held == null ? null : held.explicit;
      if (grant != null) {
        Need named = Need.named(Objects.requireNonNull(grant.demandFor(demand.getLock())));
        return refused(RefusalReason.ALREADY_HELD)
            .setLock(demand.getLock())
            .setHolder(
                Answers.holder(grant.owner(), grant.token(), named, steps.labelOf(grant.owner())));
      }
    }
    return null;
  }

  private Holder holder(Grant grant, String lock) {
    return Answers.holder(
        grant.owner(), grant.token(), grant.needAt(lock), steps.labelOf(grant.owner()));
  }
}
