package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.HeldGrant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of a universe: a majority is mended, and then everybody is served, everybody goes, and
 * nothing is left.
 */
final class Aftermath {
  private static final long SERVE_NANOS = 40 * Scheduler.SECOND;
  private static final long PASS_ON_NANOS = 8 * Scheduler.SECOND;

  private final Universe universe;
  private final Dice dice;
  private final Set<String> leftOut = new HashSet<>();

  Aftermath(Universe universe) {
    this.universe = universe;
    this.dice = universe.dice;
  }

  void run() {
    universe.trace.tell("all", "a majority is mended", 0);
    universe.heal();
    mendMajority();
    requireHoldersKnow();
    universe.calm(true);
    serveEverybody();
    universe.doorClients.requireIdle();
    compareHolders();
    universe.calm(false);
    if (leftOut.isEmpty() && universe.nodes.size() > 1) {
      new DyingLeaders(universe).run();
      universe.scheduler.runFor(2 * Scheduler.SECOND);
    }
    sendEverybodyAway();
    requireIdle();
    requireEqual();
    universe.watching.requireComplete();
  }

  /** A minority may stay dead, or cut off; those whose disks were lost are wanted, to be filled. */
  private void mendMajority() {
    long unfit = universe.nodes.stream().filter(node -> !node.disk().voter).count();
    long spare = dice.chance(0.5) ? (universe.nodes.size() - 1) / 2 - unfit : 0;
    for (SimulatedNode node : universe.nodes) {
      boolean needed = !node.disk().voter;
      if (spare > 0 && !needed && !node.isFrozen() && dice.chance(0.6)) {
        spare--;
        leaveOut(node);
      } else if (!node.isAlive()) {
        node.restart();
      }
    }
  }

  private void leaveOut(SimulatedNode node) {
    leftOut.add(node.endpoint());
    if (node.isAlive() && dice.chance(0.5)) {
      node.kill();
      return;
    }
    for (SimulatedNode other : universe.nodes) {
      if (other != node) {
        universe.network.cutForGood(node.index, other.index);
        universe.network.cutForGood(other.index, node.index);
      }
    }
  }

  /**
   * Once everybody is attached again, nobody believes any more to hold what was taken from him.
   * Some hold on to what they have all the while, and let go now.
   */
  private void requireHoldersKnow() {
    universe.scheduler.runFor(slowestTtlNanos() + PASS_ON_NANOS);
    requireNoFalseHolders();
    universe.clients.forEach(client -> client.hand(() -> client.workers.forEach(Worker::letGo)));
  }

  private void requireNoFalseHolders() {
    for (SimulatedClient client : universe.clients) {
      for (HeldGrant grant : client.isOver() ? List.<HeldGrant>of() : client.held.values()) {
        if (grant.isHeld() && universe.truth.grants().get(grant.token()) == null) {
          throw new RuleBroken(
              Rule.NO_GHOSTS, client.name + " says that it holds " + grant.token() + " long after");
        }
      }
    }
  }

  private void serveEverybody() {
    long slowest = slowestTtlNanos();
    long until = universe.scheduler.nowNanos() + SERVE_NANOS + 3 * slowest;
    while (universe.scheduler.nowNanos() < until && isAnybodyBusy()) {
      universe.scheduler.runFor(Scheduler.SECOND / 2);
    }
    for (SimulatedClient client : universe.clients) {
      for (Worker worker : client.workers) {
        boolean reachable = client.sessionId() != 0 || !leftOut.containsAll(client.firstKnown);
        if (reachable && !client.isOver() && !client.isClosing() && worker.isWaiting()) {
          throw new RuleBroken(
              Rule.SERVED, client.name + " still waits after everything was mended");
        }
      }
    }
    // What is doubtful is given back in the background.
    universe.scheduler.runFor(2 * slowest + PASS_ON_NANOS);
  }

  private long slowestTtlNanos() {
    long ttlMillis =
        universe.clients.stream().mapToLong(client -> client.ttlMillis).max().orElse(0);
    return (long) (ttlMillis * Scheduler.MILLI / (1 - universe.faults.clockSpread()));
  }

  private boolean isAnybodyBusy() {
    return universe.clients.stream()
        .filter(client -> !client.isOver() && !client.isClosing())
        .flatMap(client -> client.workers.stream())
        .anyMatch(worker -> worker.isWaiting() || worker.isHolding());
  }

  /** What the cluster says is held and what clients say must be the same by now. */
  private void compareHolders() {
    for (GrantLedger.Held grant : universe.truth.grants().all()) {
      SimulatedClient client = clientOf(grant.sessionId());
      if (client == null || client.isOver()) {
        throw new RuleBroken(Rule.DEAD_PASS_ON, "nobody is behind " + grant + " any more");
      }
      if (!client.held.containsKey(grant.token())) {
        throw new RuleBroken(Rule.NO_GHOSTS, client.name + " does not know that it holds " + grant);
      }
    }
    requireNoFalseHolders();
    if (universe.truth.waitingCount() > 0) {
      throw new RuleBroken(Rule.NO_GHOSTS, universe.truth.waitingCount() + " wait for nobody");
    }
  }

  private @Nullable SimulatedClient clientOf(long sessionId) {
    return universe.clients.stream()
        .filter(client -> client.sessionId() == sessionId)
        .findFirst()
        .orElse(null);
  }

  private void sendEverybodyAway() {
    for (SimulatedClient client : universe.clients) {
      client.hand(client::close);
    }
    universe.scheduler.runFor(slowestTtlNanos() + PASS_ON_NANOS);
    if (!universe.truth.grants().isEmpty() || universe.truth.sessionCount() > 0) {
      throw new RuleBroken(
          Rule.DEAD_PASS_ON,
          universe.truth.sessionCount()
              + " sessions are left, and "
              + universe.truth.grants().all());
    }
  }

  private void requireIdle() {
    long before = universe.truth.proposals();
    universe.scheduler.runFor(3 * Scheduler.SECOND);
    if (universe.truth.proposals() != before) {
      throw new RuleBroken(
          Rule.IDLE_WRITES_NOTHING, universe.truth.proposals() - before + " entries for nobody");
    }
  }

  private void requireEqual() {
    long furthest = universe.nodes.stream().mapToLong(node -> node.raft.applied()).max().orElse(0);
    long equal = universe.nodes.stream().filter(node -> node.raft.applied() == furthest).count();
    if (equal <= universe.nodes.size() / 2) {
      throw new RuleBroken(Rule.REPLICAS_EQUAL, "only " + equal + " nodes have applied everything");
    }
    byte[] hash = null;
    for (SimulatedNode node : universe.nodes) {
      if (node.raft.applied() == furthest) {
        byte[] own = node.machine().stateHash();
        if (hash != null && !java.util.Arrays.equals(hash, own)) {
          throw new RuleBroken(Rule.REPLICAS_EQUAL, node.name + " differs at the end");
        }
        hash = own;
      }
    }
  }
}
