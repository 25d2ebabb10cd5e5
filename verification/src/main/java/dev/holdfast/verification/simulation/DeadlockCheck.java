package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.verification.model.ModeTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether each deadlock that the map tells of is one: that all its members wait, each for a grant
 * of the next one that stands and is in its way, and that the victim leaves.
 */
final class DeadlockCheck {
  private record Owner(long sessionId, String owner) {}

  private final GrantLedger grants;
  private final Map<Long, Owner> waiting = new HashMap<>();
  private long victimTicket;

  DeadlockCheck(GrantLedger grants) {
    this.grants = grants;
  }

  int waitingCount() {
    return waiting.size();
  }

  void queued(Event.RequestQueued event) {
    waiting.put(event.revision(), new Owner(event.sessionId(), event.owner()));
  }

  void granted(Event.LockGranted event) {
    requireNoVictim(event);
    waiting.remove(event.ticket());
  }

  void left(Event.RequestLeft event) {
    boolean victim = event.exit() == Event.QueueExit.DEADLOCK_VICTIM;
    if (victim != (event.ticket() == victimTicket)) {
      throw broken("left as " + event.exit(), victimTicket, event);
    }
    victimTicket = 0;
    waiting.remove(event.ticket());
  }

  void found(Event.DeadlockFound event) {
    requireNoVictim(event);
    Deadlock deadlock = event.deadlock();
    List<DeadlockMember> members = deadlock.getMembersList();
    if (members.stream().noneMatch(each -> each.getTicket() == deadlock.getVictimTicket())
        && deadlock.getLength() == members.size()) {
      throw broken("the victim is no member", deadlock.getVictimTicket(), event);
    }
    for (int i = 0; i < members.size(); i++) {
      boolean last = i == members.size() - 1;
      if (!last || deadlock.getLength() == members.size()) {
        requireHeldUp(members.get(i), members.get((i + 1) % members.size()), event);
      }
    }
    victimTicket = deadlock.getVictimTicket();
  }

  private void requireHeldUp(DeadlockMember member, DeadlockMember by, Event event) {
    Owner owner = new Owner(member.getSessionId(), member.getOwner());
    if (!owner.equals(waiting.get(member.getTicket()))) {
      throw broken("a member does not wait", member.getTicket(), event);
    }
    GrantLedger.@Nullable Held held = grants.get(member.getHeldToken());
    if (held == null
        || held.sessionId() != by.getSessionId()
        || !held.owner().equals(by.getOwner())) {
      throw broken("the next member does not hold", member.getHeldToken(), event);
    }
    boolean permits = member.getWantedPermits() > 0 && member.getHeldPermits() > 0;
    boolean modes =
        member.getWantedMode() != LockMode.LOCK_MODE_UNSPECIFIED
            && member.getHeldMode() != LockMode.LOCK_MODE_UNSPECIFIED
            && !ModeTable.compatible(member.getWantedMode(), member.getHeldMode());
    if (!permits && !modes) {
      throw broken("a grant is not in the way", member.getHeldToken(), event);
    }
  }

  private void requireNoVictim(Event event) {
    if (victimTicket != 0) {
      throw broken("the victim stays", victimTicket, event);
    }
  }

  private static RuleBroken broken(String how, long number, Event event) {
    return new RuleBroken(Rule.DEADLOCK_REAL, how + ": " + number + " in " + event);
  }
}
