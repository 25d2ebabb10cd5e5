package dev.holdfast.core;

import static dev.holdfast.core.RequestRules.refused;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of a new preempt or acquire: refused, granted or queued. */
final class Acquiring {
  private final State state;
  private final Steps steps;
  private final InTheWay inTheWay;

  Acquiring(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.inTheWay = new InTheWay(steps);
  }

  /**
   * Executes a request that the session has not made before. {@code revision} is its step, and
   * becomes its ticket.
   */
  void execute(Session session, long sequence, Acquire acquire, long revision) {
    Refused.Builder malformed = RequestRules.problemWith(acquire);
    if (malformed != null) {
      steps.answer(session.id(), sequence, Answers.refused(malformed, revision));
      return;
    }
    List<Demand> demands = Need.merged(acquire.getDemandsList());
    Waiting request =
        new Waiting(
            revision,
            new OwnerKey(session.id(), acquire.getOwner()),
            sequence,
            demands,
            Need.of(demands),
            state.clockMillis,
            steps.waitUntilMillis(acquire.getWaitMillis()),
            acquire.getLeaseMillis(),
            acquire.getAtLeastMillis(),
            acquire.getLockDelayMillis(),
            acquire.getGated(),
            acquire.getPriority(),
            0);
    Refused.Builder broken = brokenRule(session, request);
    if (broken != null) {
      steps.answer(session.id(), sequence, Answers.refused(broken, revision));
      return;
    }
    if (!state.lockMap.isBlocked(request)) {
      steps.grant(request);
      return;
    }
    Refused.Builder refused =
        acquire.getWaitMillis() == 0
            ? inTheWay.refusal(Objects.requireNonNull(state.lockMap.blockerOf(request)))
            : fullQueue(request, queueLengthMax(acquire));
    if (refused != null) {
      steps.answer(session.id(), sequence, Answers.refused(refused, revision));
    } else {
      steps.queue(request);
    }
  }

  private static int queueLengthMax(Acquire acquire) {
    int wanted = acquire.getQueueLengthMax();
    return wanted <= 0 ? Limits.QUEUE_LENGTH_MAX : Math.min(wanted, Limits.QUEUE_LENGTH_MAX);
  }

  /** The first rule that the request breaks, whether or not it has to wait; null if none. */
  private Refused.@Nullable Builder brokenRule(Session session, Waiting request) {
    Owner owner = state.lockMap.owner(request.owner());
    if (owner != null && owner.waiting != null) {
      return refused(RefusalReason.ALREADY_WAITING);
    }
    Refused.Builder held = inTheWay.alreadyHeld(owner, request.demands());
    if (held != null) {
      return held;
    }
    SessionContents contents = state.contentsOf(session.id());
    if (contents.locks + request.demands().size() > session.locksAllowed()) {
      return refused(RefusalReason.TOO_MANY_LOCKS);
    }
    if (request.mayReserve() && state.reserving >= Limits.RESERVATIONS_MAX) {
      return refused(RefusalReason.TOO_MANY_RESERVATIONS);
    }
    return otherKind(request.needs());
  }

  private Refused.@Nullable Builder otherKind(List<Need> needs) {
    for (int i = 0; i < needs.size(); i++) {
      Need need = needs.get(i);
      Lock lock = state.lockMap.lock(need.lock());
      // A mode needs no look at who uses the lock: only users of a semaphore give it a limit.
      if (lock == null || lock.limit == need.limit()) {
        continue;
      }
      if (!need.isPermits() || lock.isSemaphore()) {
        return refused(
                need.isPermits() ? RefusalReason.LIMIT_MISMATCH : RefusalReason.KIND_MISMATCH)
            .setLock(need.lock());
      }
      if (lock.hasUsers()) {
        return refused(RefusalReason.KIND_MISMATCH).setLock(need.lock());
      }
    }
    return null;
  }

  private Refused.@Nullable Builder fullQueue(Waiting request, int queueLengthMax) {
    for (Demand demand : request.demands()) {
      Lock lock = state.lockMap.lock(demand.getLock());
      if (lock != null && lock.queue.size() >= queueLengthMax) {
        return refused(RefusalReason.QUEUE_FULL).setLock(demand.getLock());
      }
    }
    return null;
  }
}
