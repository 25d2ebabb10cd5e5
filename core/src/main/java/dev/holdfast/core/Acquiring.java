package dev.holdfast.core;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of a new preempt or acquire: refused, granted or queued. */
final class Acquiring {
  private final State state;
  private final Steps steps;

  Acquiring(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
  }

  /**
   * Executes a request that the session has not made before. {@code revision} is its step, and
   * becomes its ticket.
   */
  void execute(Session session, long sequence, Acquire acquire, long revision) {
    Refused.Builder malformed = problemWith(acquire);
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
            waitUntilMillis(acquire),
            acquire.getLeaseMillis());
    Refused.Builder refused = brokenRule(session, request);
    if (refused != null) {
      steps.answer(session.id(), sequence, Answers.refused(refused, revision));
      return;
    }
    LockMap.Blocker blocker =
        state.lockMap.blockerOf(request.owner(), request.needs(), request.ticket());
    if (blocker == null) {
      steps.grant(request);
      return;
    }
    refused =
        acquire.getWaitMillis() == 0
            ? inTheWay(blocker)
            : fullQueue(request, queueLengthMax(acquire));
    if (refused != null) {
      steps.answer(session.id(), sequence, Answers.refused(refused, revision));
    } else {
      steps.queue(request);
    }
  }

  private long waitUntilMillis(Acquire acquire) {
    long waitMillis = acquire.getWaitMillis();
    return waitMillis < 0 ? Long.MAX_VALUE : Steps.saturatedSum(state.clockMillis, waitMillis);
  }

  private static int queueLengthMax(Acquire acquire) {
    int wanted = acquire.getQueueLengthMax();
    return wanted <= 0 ? Limits.QUEUE_LENGTH_MAX : Math.min(wanted, Limits.QUEUE_LENGTH_MAX);
  }

  private static Refused.@Nullable Builder problemWith(Acquire acquire) {
    String owner = acquire.getOwner();
    if (owner.isEmpty()
        || owner.length() > Limits.OWNER_BYTES_MAX
        || owner.getBytes(StandardCharsets.UTF_8).length > Limits.OWNER_BYTES_MAX
        || acquire.getDemandsCount() == 0
        || acquire.getDemandsCount() > Limits.DEMANDS_MAX
        || acquire.getLeaseMillis() < 0) {
      return Refused.newBuilder().setReason(RefusalReason.INVALID_REQUEST);
    }
    for (Demand demand : acquire.getDemandsList()) {
      if (!Modes.isMode(demand.getMode())) {
        return Refused.newBuilder().setReason(RefusalReason.INVALID_REQUEST);
      }
    }
    for (Demand demand : acquire.getDemandsList()) {
      String name = demand.getLock();
      if (LockName.structuralProblemWith(name) != null) {
        return Refused.newBuilder().setReason(RefusalReason.INVALID_NAME).setLock(shown(name));
      }
    }
    return null;
  }

  /** The beginning of a name; half a surrogate pair at the cut would not survive UTF-8. */
  private static String shown(String name) {
    int length = Math.min(name.length(), Limits.NAME_SHOWN_MAX);
    boolean cutsPair = length < name.length() && Character.isHighSurrogate(name.charAt(length - 1));
    return name.substring(0, cutsPair ? length - 1 : length);
  }

  /** The first rule that the request breaks, whoever else holds or waits; null if none. */
  private Refused.@Nullable Builder brokenRule(Session session, Waiting request) {
    Owner owner = state.lockMap.owner(request.owner());
    if (owner != null && owner.waiting != null) {
      return Refused.newBuilder().setReason(RefusalReason.ALREADY_WAITING);
    }
    for (Demand demand : request.demands()) {
      Owner.Held held = owner == null ? null : owner.heldAt(demand.getLock());
      Grant grant = held == null ? null : held.explicit;
      if (grant != null) {
        int mode = explicitModeOf(grant, demand.getLock());
        return Refused.newBuilder()
            .setReason(RefusalReason.ALREADY_HELD)
            .setLock(demand.getLock())
            .setHolder(Answers.holder(grant.owner(), grant.token(), mode, session.label()));
      }
    }
    int locks = state.contentsOf(session.id()).locks + request.demands().size();
    if (locks > locksMax(session)) {
      return Refused.newBuilder().setReason(RefusalReason.TOO_MANY_LOCKS);
    }
    return null;
  }

  private static int locksMax(Session session) {
    return session.locksMax() <= 0 ? Limits.LOCKS_PER_SESSION_DEFAULT : session.locksMax();
  }

  private static int explicitModeOf(Grant grant, String lock) {
    for (Demand demand : grant.demands()) {
      if (demand.getLock().equals(lock)) {
        return demand.getModeValue();
      }
    }
    throw new IllegalStateException("grant " + grant.token() + " does not name " + lock);
  }

  private Refused.Builder inTheWay(LockMap.Blocker blocker) {
    Refused.Builder refused = Refused.newBuilder().setLock(blocker.lock());
    Grant grant = blocker.grant();
    if (grant != null) {
      return refused
          .setReason(RefusalReason.HELD_BY_ANOTHER)
          .setHolder(
              Answers.holder(
                  grant.owner(),
                  grant.token(),
                  grant.modeAt(blocker.lock()),
                  labelOf(grant.owner())));
    }
    Waiting earlier = Objects.requireNonNull(blocker.earlier());
    return refused
        .setReason(RefusalReason.WAITED_FOR_BY_ANOTHER)
        .setHolder(
            Answers.holder(
                earlier.owner(), 0, earlier.modeAt(blocker.lock()), labelOf(earlier.owner())));
  }

  private String labelOf(OwnerKey owner) {
    return Objects.requireNonNull(state.sessions.get(owner.sessionId())).label();
  }

  private Refused.@Nullable Builder fullQueue(Waiting request, int queueLengthMax) {
    for (Demand demand : request.demands()) {
      Lock lock = state.lockMap.lock(demand.getLock());
      if (lock != null && lock.queue.size() >= queueLengthMax) {
        return Refused.newBuilder().setReason(RefusalReason.QUEUE_FULL).setLock(demand.getLock());
      }
    }
    return null;
  }

  /** Whether a session may make one more acquire or extend at all; such refusals are not kept. */
  @Nullable Answer refusalForLimits(Session session, boolean acquires, long revision) {
    SessionContents contents = state.contentsOf(session.id());
    if (contents.storedAnswers >= Limits.STORED_ANSWERS_MAX) {
      return Answers.refused(RefusalReason.TOO_MANY_ANSWERS, revision);
    }
    if (acquires && contents.waitingBySequence.size() >= Limits.WAITING_PER_SESSION_MAX) {
      return Answers.refused(RefusalReason.TOO_MANY_REQUESTS, revision);
    }
    return null;
  }
}
