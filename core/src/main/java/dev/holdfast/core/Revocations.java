package dev.holdfast.core;

import dev.holdfast.core.Event.RevocationRequested;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.RequestRevocation;
import org.jspecify.annotations.Nullable;

/** "Please let go": an event for the holder, and nothing else. */
final class Revocations {
  private final State state;
  private final Steps steps;

  Revocations(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
  }

  /** A waiting session asks; tells which rule is broken, if one is. */
  @Nullable RefusalReason request(Session session, RequestRevocation command, long revision) {
    if (command.getDetail().length() > Limits.REVOCATION_DETAIL_LENGTH_MAX) {
      return RefusalReason.INVALID_REQUEST;
    }
    Grant grant = state.grants.get(command.getToken());
    if (grant == null) {
      return RefusalReason.STALE_TOKEN;
    }
    Waiting waiting =
        state.contentsOf(session.id()).waitingBySequence.get(command.getWaitingSequence());
    if (waiting == null || !isHeldUp(waiting, grant)) {
      return RefusalReason.NOT_WAITING;
    }
    steps.report(
        new RevocationRequested(
            revision,
            grant.token(),
            grant.owner().sessionId(),
            session.id(),
            "",
            command.getDetail(),
            grant.demands()));
    return null;
  }

  /** An operator asks; tells which rule is broken, if one is. */
  @Nullable RefusalReason ask(AskRevocation command, long revision) {
    Grant grant = state.grants.get(command.getToken());
    if (grant == null || !grant.names(command.getLock())) {
      return RefusalReason.STALE_TOKEN;
    }
    steps.report(
        new RevocationRequested(
            revision,
            grant.token(),
            grant.owner().sessionId(),
            0,
            command.getOperator(),
            command.getReason(),
            grant.demands()));
    return null;
  }

  /** Whether a grant of another owner is in the way of a request somewhere. */
  private boolean isHeldUp(Waiting waiting, Grant grant) {
    if (waiting.owner().equals(grant.owner())) {
      return false;
    }
    Owner owner = state.lockMap.owner(waiting.owner());
    for (Need need : waiting.needs()) {
      Lock lock = state.lockMap.lock(need.lock());
      Need held = grant.needAt(need.lock());
      if (lock != null
          && held != null
          && Modes.contains(Modes.conflictsOf(need.mode()), held.mode())
          && !LockMap.isCovered(lock, need, owner)
          && LockMap.isHeldAgainst(lock, need, owner)) {
        return true;
      }
    }
    return false;
  }
}
