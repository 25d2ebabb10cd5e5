package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.verification.model.ModeTable;
import dev.holdfast.verification.simulation.GrantLedger.Held;
import dev.holdfast.verification.simulation.GrantLedger.Owner;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether each deadlock that the map tells of is one: that all its members wait, each for a grant
 * of the next one that stands and is in its way, and that the victim leaves; and whether none is
 * left out, found again the slow way.
 */
final class DeadlockCheck {
  private final GrantLedger grants;
  private final TreeMap<Long, Held> waiting = new TreeMap<>();
  private long victimTicket;
  private boolean changed;

  DeadlockCheck(GrantLedger grants) {
    this.grants = grants;
  }

  int waitingCount() {
    return waiting.size();
  }

  void queued(Event.RequestQueued event) {
    waiting.put(event.revision(), new Held(0, event.sessionId(), event.owner(), event.demands()));
    changed = true;
  }

  void granted(Event.LockGranted event) {
    requireNoVictim(event);
    waiting.remove(event.ticket());
    changed = true;
  }

  /** No deadlock is left at the end of a command. */
  void requireNone() {
    if (!changed) {
      return;
    }
    changed = false;
    Set<Owner> stuck = new HashSet<>();
    waiting.values().forEach(each -> stuck.add(each.ownerKey()));
    boolean served = true;
    while (served) {
      List<Owner> free =
          waiting.values().stream()
              .filter(each -> !grants.isHeldUp(each, stuck))
              .map(Held::ownerKey)
              .toList();
      served = stuck.removeAll(free);
    }
    if (!stuck.isEmpty()) {
      throw new RuleBroken(Rule.DEADLOCK_FOUND, "nobody of these will ever be served: " + stuck);
    }
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
    Held waits = waiting.get(member.getTicket());
    if (waits == null || !waits.ownerKey().equals(owner)) {
      throw broken("a member does not wait", member.getTicket(), event);
    }
    @Nullable Held held = grants.get(member.getHeldToken());
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
