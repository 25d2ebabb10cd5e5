package dev.holdfast.core;

import static dev.holdfast.core.RequestRules.refused;

import dev.holdfast.core.Event.GrantCause;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A grant changes hands in one step: no free moment, nobody else's turn, a new token. */
final class HandingOver {
  private final State state;
  private final Steps steps;
  private final InTheWay inTheWay;

  HandingOver(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.inTheWay = new InTheWay(steps);
  }

  /** Executes the hand-over of a grant of the session itself. */
  void execute(Grant grant, long sequence, HandOver handOver, long revision) {
    long sessionId = grant.owner().sessionId();
    OwnerKey receiver = new OwnerKey(handOver.getToSessionId(), handOver.getToOwner());
    Refused.Builder refused = brokenRule(grant, receiver);
    if (refused == null) {
      refused = change(grant, receiver, revision);
    }
    if (refused != null) {
      steps.answer(sessionId, sequence, Answers.refused(refused, revision));
      return;
    }
    Grant received = Objects.requireNonNull(state.grants.get(state.revision));
    steps.answer(sessionId, sequence, Answers.handedOver(received));
    Owner owner = state.lockMap.owner(receiver);
    if (owner != null && owner.waiting != null) {
      // What it has now may cover what it waits for, or be what others wait for that it waits for.
      state.lockMap.lookAt(owner.waiting);
      steps.deadlocks().resolve(receiver);
    }
  }

  private Refused.@Nullable Builder brokenRule(Grant grant, OwnerKey receiver) {
    Owner giver = Objects.requireNonNull(state.lockMap.owner(grant.owner()));
    if (giver.waiting != null && giver.waiting.convertsGrant(grant)) {
      return refused(RefusalReason.ALREADY_WAITING);
    }
    if (!RequestRules.isOwner(receiver.owner())) {
      return refused(RefusalReason.INVALID_REQUEST);
    }
    Session session = state.sessions.get(receiver.sessionId());
    if (session == null) {
      return refused(RefusalReason.UNKNOWN_SESSION);
    }
    Refused.Builder broken = heldOrAwaited(state.lockMap.owner(receiver), grant);
    if (broken != null) {
      return broken;
    }
    boolean sameSession = receiver.sessionId() == grant.owner().sessionId();
    int more = sameSession ? 0 : grant.demands().size();
    return state.contentsOf(session.id()).locks + more > session.locksAllowed()
        ? refused(RefusalReason.TOO_MANY_LOCKS)
        : null;
  }

  /** The first of the grant's locks that the receiver has, or asks for, by name. */
  private Refused.@Nullable Builder heldOrAwaited(@Nullable Owner receiver, Grant grant) {
    if (receiver == null) {
      return null;
    }
    for (Demand demand : grant.demands()) {
      Refused.Builder held = inTheWay.alreadyHeld(receiver, List.of(demand));
      if (held != null) {
        return held;
      }
      Need awaited = receiver.waiting == null ? null : receiver.waiting.needAt(demand.getLock());
      if (awaited != null && awaited.explicit()) {
        return refused(RefusalReason.ALREADY_WAITING).setLock(demand.getLock());
      }
    }
    return null;
  }

  /** Makes the change; or tells why it cannot be, and leaves everything as it was. */
  private Refused.@Nullable Builder change(Grant grant, OwnerKey receiver, long revision) {
    Waiting waitingOfGiver = state.remove(grant);
    LockMap.Blocker blocker = state.lockMap.grantInTheWay(receiver, grant.needs());
    if (blocker != null) {
      state.add(grant);
      return inTheWay.refusal(blocker);
    }
    Grant received = grant.handedOver(state.revision + 1, receiver, revision, state.clockMillis);
    state.add(received);
    Deadlock deadlock = steps.deadlocks().deadlockOf(receiver);
    if (deadlock != null) {
      state.remove(received);
      state.add(grant);
      return refused(RefusalReason.DEADLOCK)
          .setDeadlock(asItIs(deadlock, received.token(), grant.token()));
    }
    steps.next();
    steps.finishEnd(grant, GrantEnd.HANDED_OVER, "", "", received.token());
    steps.reportGrant(received, GrantCause.HANDED_OVER, grant.token(), 0);
    if (waitingOfGiver != null) {
      steps.hasLost(grant);
    }
    return null;
  }

  /** The cycle that would be, told with the token of the grant that there is. */
  private static Deadlock asItIs(Deadlock deadlock, long tokenToBe, long token) {
    Deadlock.Builder told = deadlock.toBuilder();
    told.getMembersBuilderList().stream()
        .filter(member -> member.getHeldToken() == tokenToBe)
        .forEach(member -> member.setHeldToken(token));
    return told.build();
  }
}
