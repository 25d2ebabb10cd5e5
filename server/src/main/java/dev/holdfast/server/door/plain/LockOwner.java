package dev.holdfast.server.door.plain;

import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.SessionInfo;
import java.util.List;
import java.util.Optional;

/**
 * Who holds a lock, through whatever door.
 *
 * @param token its fencing token
 * @param clientId the client's UUID
 * @param label who that is, for a person
 */
public record LockOwner(long token, String clientId, String label) {

  /** All who hold a lock, by token. */
  static List<LockOwner> of(LockStateMachine machine, String lock) {
    LockInfo info = machine.lock(lock, 0);
    return info == null
        ? List.of()
        : info.holders().stream()
            .map(grant -> of(machine, grant))
            .flatMap(Optional::stream)
            .toList();
  }

  private static Optional<LockOwner> of(LockStateMachine machine, GrantInfo grant) {
    SessionInfo session = machine.session(grant.sessionId());
    return session == null
        ? Optional.empty()
        : Optional.of(new LockOwner(grant.token(), session.clientId(), session.label()));
  }
}
