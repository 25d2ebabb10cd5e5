package dev.holdfast.core;

import dev.holdfast.core.Event.DeadlockFound;
import dev.holdfast.core.Event.QueueExit;
import dev.holdfast.core.Event.RequestPassed;
import dev.holdfast.core.Reduction.Link;
import dev.holdfast.core.Reduction.Queued;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether an owner that has begun to wait waits for itself, and sees to it that it does
 * not: where everybody in a cycle waits for what the next one holds, one request is refused; where
 * somebody only stands behind another in a queue, it passes that one.
 *
 * <p>Every cycle is closed by somebody's beginning to wait (or by a grant to, or a loss of a grant
 * of, somebody who waits), so it is enough to look from there.
 */
final class DeadlockResolver {
  private final State state;
  private final Steps steps;
  private final WaitGraph graph;
  private final CycleSearch search;
  private long looksOfReductions;

  DeadlockResolver(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.graph = new WaitGraph(state.lockMap);
    this.search = new CycleSearch(state.lockMap);
  }

  /** How many edges the searches and the walks have looked at. */
  long looks() {
    return search.looks() + looksOfReductions;
  }

  /** Looks at an owner whose request is the latest of all, so that nobody stands behind it. */
  void beganToWait(OwnerKey closer) {
    Owner owner = Objects.requireNonNull(state.lockMap.owner(closer));
    if (!owner.held().isEmpty()) {
      resolve(closer);
    }
  }

  /** Breaks the cycles of waiting in which an owner is. What that lets in is not granted yet. */
  void resolve(OwnerKey closer) {
    for (Waiting request = waitingOf(closer); request != null; request = waitingOf(closer)) {
      Owner owner = Objects.requireNonNull(state.lockMap.owner(closer));
      if (!search.mayBeInCycle(owner)) {
        return;
      }
      Reduction held = new Reduction(graph, request, false);
      if (held.closerIsStuck()) {
        refuseVictim(held.cycle());
        continue;
      }
      int room = Limits.PASSINGS_MAX - state.passings.size();
      Reduction all = new Reduction(graph, request, true);
      List<Queued> passed = all.passUntilFree(room);
      looksOfReductions += all.looks();
      if (passed != null) {
        passed.forEach(this::pass);
      } else {
        // Nobody waited for himself before this one's request was in his way.
        steps.refuseWaiting(
            request, RefusalReason.QUEUE_FULL, QueueExit.QUEUE_FULL, state.revision);
      }
      return;
    }
  }

  /** The deadlock in which an owner is, if it waits and there is one; nothing is done about it. */
  @Nullable Deadlock deadlockOf(OwnerKey closer) {
    Waiting request = waitingOf(closer);
    if (request == null
        || !search.mayBeInCycle(Objects.requireNonNull(state.lockMap.owner(closer)))) {
      return null;
    }
    Reduction held = new Reduction(graph, request, false);
    return held.closerIsStuck() ? inWords(held.cycle(), 0) : null;
  }

  private @Nullable Waiting waitingOf(OwnerKey key) {
    Owner owner = state.lockMap.owner(key);
    return owner == null ? null : owner.waiting;
  }

  private void pass(Queued queued) {
    Waiting request = queued.request();
    state.pass(request, queued.earlier());
    state.mapRevision = state.revision;
    steps.report(
        new RequestPassed(
            state.revision,
            request.ticket(),
            request.owner().sessionId(),
            request.sequence(),
            queued.lock(),
            queued.earlier().ticket()));
  }

  private void refuseVictim(List<Link> cycle) {
    Waiting victim =
        cycle.stream()
            .map(Link::request)
            .min(
                Comparator.comparingInt(Waiting::priority)
                    .thenComparing(Comparator.comparingLong(Waiting::ticket).reversed()))
            .orElseThrow();
    Deadlock deadlock = inWords(cycle, victim.ticket());
    state.remember(deadlock);
    steps.report(new DeadlockFound(state.revision, deadlock));
    steps.refuseWaiting(
        victim, Answers.deadlock(deadlock, state.revision), QueueExit.DEADLOCK_VICTIM);
  }

  private Deadlock inWords(List<Link> cycle, long victimTicket) {
    Deadlock.Builder deadlock =
        Deadlock.newBuilder()
            .setRevision(state.revision)
            .setClockMillis(state.clockMillis)
            .setVictimTicket(victimTicket)
            .setLength(cycle.size());
    cycle.stream().limit(Limits.CYCLE_SHOWN_MAX).map(this::inWords).forEach(deadlock::addMembers);
    return deadlock.build();
  }

  private DeadlockMember inWords(Link link) {
    Waiting request = link.request();
    Need wanted = link.edge().need();
    Grant grant = Objects.requireNonNull(link.edge().grant());
    Need held = Objects.requireNonNull(grant.needAt(wanted.lock()));
    return DeadlockMember.newBuilder()
        .setSessionId(request.owner().sessionId())
        .setOwner(request.owner().owner())
        .setLabel(steps.labelOf(request.owner()))
        .setTicket(request.ticket())
        .setSequence(request.sequence())
        .setPriority(request.priority())
        .setWaitedMillis(state.clockMillis - request.queuedAtMillis())
        .setLock(wanted.lock())
        .setWantedMode(Modes.wire(wanted.mode()))
        .setWantedPermits(wanted.permits())
        .setHeldMode(Modes.wire(held.mode()))
        .setHeldPermits(held.permits())
        .setHeldToken(grant.token())
        .build();
  }
}
