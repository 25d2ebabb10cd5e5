package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What is done about cycles of waiting: "Deadlocks and stalls" of the page on the lock model. */
class DeadlockRules {
  /** "The cycle in the answer has at most 64 members." */
  static final int MEMBERS_TOLD_MAX = 64;

  /** "The 64 recent ones, which are part of the state." */
  static final int RECENT_MAX = 64;

  /** Most passings in all. */
  static final int PASSINGS_MAX = 100_000;

  /** So many requests that drawing the graph for each would take hours. */
  private static final int MANY = 100;

  private final LockModel model;
  private final ModelState state;
  private final WaitingGraph graph;

  DeadlockRules(LockModel model) {
    this.model = model;
    this.state = model.state;
    this.graph = model.graph;
  }

  /** "Looked for from an owner c, the closer." */
  final void lookFrom(ModelOwner closer) {
    if (state.waiting.size() > MANY && isWaitedForByNobody(closer)) {
      return;
    }
    while (graph.stuckByHeldEdges().contains(closer)) {
      breakCycle(graph.cycleFrom(closer, graph.stuckByHeldEdges()));
    }
    lookForStalls(closer);
  }

  /** It holds nothing, and nobody came after it: no edge leads to it, so no cycle does. */
  private boolean isWaitedForByNobody(ModelOwner closer) {
    return state.grantsOf(closer).isEmpty() && state.waiting.getLast().owner().equals(closer);
  }

  /**
   * "If that would make more than 100,000 passings in all, nobody passes: the closer's request
   * leaves the queue."
   */
  void lookForStalls(ModelOwner closer) {
    List<WaitingGraph.QueuedEdge> passed = new ArrayList<>();
    Set<ModelOwner> stuck = graph.stuckByAllEdges();
    while (stuck.contains(closer)) {
      WaitingGraph.QueuedEdge edge = graph.edgeToPass(closer, stuck);
      passed.add(edge);
      state.passings.add(passing(edge));
      stuck = graph.stuckByAllEdges();
    }
    if (state.passings.size() > PASSINGS_MAX) {
      passed.forEach(edge -> state.passings.remove(passing(edge)));
      model.leave(
          state.waitingOf(closer).orElseThrow(),
          ModelEvent.QueueExit.QUEUE_FULL,
          ModelAnswers.because(RefusalReason.QUEUE_FULL));
    } else {
      passed.forEach(this::tellPassed);
    }
  }

  private static ModelPassing passing(WaitingGraph.QueuedEdge edge) {
    return new ModelPassing(edge.from().ticket(), edge.ahead().ticket());
  }

  private void breakCycle(List<WaitingGraph.HeldEdge> cycle) {
    ModelRequest victim = victimOf(cycle.stream().map(WaitingGraph.HeldEdge::from).toList());
    Deadlock deadlock = told(cycle, victim.ticket());
    state.recentDeadlocks.add(deadlock);
    state.recentDeadlocks.sort(
        Comparator.comparingLong(Deadlock::getRevision)
            .thenComparingLong(Deadlock::getVictimTicket));
    if (state.recentDeadlocks.size() > RECENT_MAX) {
      state.recentDeadlocks.removeFirst();
    }
    model.tell(new ModelEvent.DeadlockFound(state.revision, deadlock));
    model.leave(victim, ModelEvent.QueueExit.DEADLOCK_VICTIM, refusal(deadlock));
  }

  /** "The request with the lowest priority, of these the latest ticket." */
  ModelRequest victimOf(List<ModelRequest> cycle) {
    return cycle.stream()
        .min(
            Comparator.comparingInt(ModelRequest::priority)
                .thenComparing(Comparator.comparingLong(ModelRequest::ticket).reversed()))
        .orElseThrow();
  }

  private void tellPassed(WaitingGraph.QueuedEdge edge) {
    ModelRequest passing = edge.from();
    state.mapChanged();
    model.tell(
        new ModelEvent.RequestPassed(
            state.revision,
            passing.ticket(),
            passing.sessionId(),
            passing.sequence(),
            edge.lock(),
            edge.ahead().ticket()));
  }

  static Refused refusal(Deadlock deadlock) {
    return ModelAnswers.because(RefusalReason.DEADLOCK).toBuilder().setDeadlock(deadlock).build();
  }

  final Deadlock told(List<WaitingGraph.HeldEdge> cycle, long victimTicket) {
    return Deadlock.newBuilder()
        .setRevision(state.revision)
        .setClockMillis(state.clockMillis)
        .setVictimTicket(victimTicket)
        .setLength(cycle.size())
        .addAllMembers(cycle.stream().limit(MEMBERS_TOLD_MAX).map(this::member).toList())
        .build();
  }

  private DeadlockMember member(WaitingGraph.HeldEdge edge) {
    ModelRequest request = edge.from();
    return DeadlockMember.newBuilder()
        .setSessionId(request.sessionId())
        .setOwner(request.owner().owner())
        .setLabel(state.label(request.sessionId()))
        .setTicket(request.ticket())
        .setSequence(request.sequence())
        .setPriority(request.priority())
        .setWaitedMillis(state.clockMillis - request.queuedAtMillis())
        .setLock(edge.lock())
        .setWantedMode(edge.wanted().mode())
        .setWantedPermits(edge.wanted().permits())
        .setHeldMode(edge.held().mode())
        .setHeldPermits(edge.held().permits())
        .setHeldToken(edge.grant().token())
        .build();
  }
}
