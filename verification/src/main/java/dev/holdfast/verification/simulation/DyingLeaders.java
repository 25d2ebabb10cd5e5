package dev.holdfast.verification.simulation;

import org.jspecify.annotations.Nullable;

/**
 * Guarantee G6 with the leader killed again and again: a client dies, and while its session runs
 * out so does one leader after the other. What it held must pass on within its TTL, a second, and
 * for each change of the leader the time without one and half a second.
 */
final class DyingLeaders {
  private static final long SLACK_NANOS = 200 * Scheduler.MILLI;

  private final Universe universe;
  private final Dice dice;

  DyingLeaders(Universe universe) {
    this.universe = universe;
    this.dice = universe.dice;
  }

  void run() {
    SimulatedClient victim = victim();
    if (victim == null) {
      return;
    }
    victim.kill();
    long killedNanos = universe.scheduler.nowNanos();
    long unledBefore = universe.ledTime.unledNanos();
    long interruptionsBefore = universe.ledTime.interruptions();
    double slowest = 1 - universe.faults.clockSpread();
    long ttlNanos = (long) (victim.ttlMillis * Scheduler.MILLI / slowest);
    long nextKillNanos = killedNanos + dice.between(0, 2 * Scheduler.SECOND);
    while (universe.truth.isOpen(victim.sessionId())) {
      universe.scheduler.runFor(20 * Scheduler.MILLI);
      long now = universe.scheduler.nowNanos();
      if (now >= nextKillNanos) {
        killLeader();
        nextKillNanos = now + dice.between(Scheduler.SECOND, 4 * Scheduler.SECOND);
      }
      long changes = universe.ledTime.interruptions() - interruptionsBefore;
      long allowed =
          ttlNanos
              + Scheduler.SECOND
              + (universe.ledTime.unledNanos() - unledBefore)
              + changes * Scheduler.SECOND / 2
              + SLACK_NANOS;
      if (now - killedNanos > allowed) {
        throw new RuleBroken(
            Rule.DEAD_PASS_ON,
            victim.name
                + " with a TTL of "
                + victim.ttlMillis
                + " ms is dead for "
                + (now - killedNanos) / Scheduler.MILLI
                + " ms, and its session lives, after "
                + changes
                + " changes of the leader");
      }
    }
  }

  private @Nullable SimulatedClient victim() {
    return universe.clients.stream()
        .filter(client -> !client.isOver() && !client.isClosing())
        .filter(client -> client.sessionId() != 0 && !client.isFrozen())
        .filter(client -> universe.truth.isOpen(client.sessionId()))
        .findFirst()
        .orElse(null);
  }

  private void killLeader() {
    for (SimulatedNode node : universe.nodes) {
      if (node.isRunning() && node.raft.isAccepting()) {
        node.kill();
        universe.scheduler.after(800 * Scheduler.MILLI, node::restart);
        return;
      }
    }
  }
}
