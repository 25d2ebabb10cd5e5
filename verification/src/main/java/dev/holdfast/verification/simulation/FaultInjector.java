package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ForceRelease;
import java.nio.ByteBuffer;
import java.util.List;

/** Lets things go wrong, each kind as often as the seed says. */
final class FaultInjector {
  /** Whatever goes wrong is over before a mended universe counts as calm. */
  private static final long DURATION_NANOS_MAX = 6 * Scheduler.SECOND;

  private final Universe universe;
  private final Dice dice;
  private boolean ended;
  private long operations;

  FaultInjector(Universe universe) {
    this.universe = universe;
    this.dice = universe.dice;
  }

  void begin() {
    Faults faults = universe.faults;
    again(faults.cuts(), this::cutNodes);
    again(faults.clientCuts(), this::cutClient);
    again(faults.resets(), universe.clientLinks::breakAny);
    again(faults.freezes(), this::freeze);
    again(faults.suspends(), this::suspend);
    again(faults.kills(), this::killNode);
    again(faults.clientKills(), this::killClient);
    again(faults.wallJumps(), this::jumpWall);
    again(faults.snapshots(), this::takeSnapshot);
    again(faults.depositions(), this::depose);
    again(faults.operations(), this::forceRelease);
    again(1.0, this::replaceClients);
  }

  void end() {
    ended = true;
  }

  private void again(double perSecond, Runnable fault) {
    if (perSecond <= 0) {
      return;
    }
    universe.scheduler.after(
        dice.around((long) (Scheduler.SECOND / perSecond)),
        () -> {
          if (!ended) {
            fault.run();
            again(perSecond, fault);
          }
        });
  }

  private long duration() {
    return Math.min(
        dice.around(dice.chance(0.7) ? 600 * Scheduler.MILLI : 3 * Scheduler.SECOND),
        DURATION_NANOS_MAX);
  }

  private void cutNodes() {
    int size = universe.nodes.size();
    int one = dice.below(size);
    boolean alone = dice.chance(0.5);
    boolean oneWay = dice.chance(0.4);
    boolean outwards = dice.chance(0.5);
    for (int other = 0; other < size; other++) {
      if (other == one || (!alone && other != (one + 1) % size)) {
        continue;
      }
      if (!oneWay || outwards) {
        cut(one, other);
      }
      if (!oneWay || !outwards) {
        cut(other, one);
      }
    }
  }

  private void cut(int from, int to) {
    universe.network.cut(from, to);
    universe.scheduler.after(duration(), () -> universe.network.mend(from, to));
  }

  private void cutClient() {
    universe.clientLinks.cut(dice.pick(universe.clients), dice.pick(universe.nodes), duration());
  }

  private void freeze() {
    SimulatedProcess process = anyProcess();
    process.freeze(pauseOf(process), false);
  }

  private void suspend() {
    SimulatedProcess process = anyProcess();
    process.freeze(pauseOf(process), true);
  }

  /** For a client those pauses are worst that its session only just survives, or only just not. */
  private long pauseOf(SimulatedProcess process) {
    if (process instanceof SimulatedClient client && dice.chance(0.7)) {
      double part = 0.26 + dice.part();
      return Math.min((long) (part * client.ttlMillis * Scheduler.MILLI), DURATION_NANOS_MAX);
    }
    return duration();
  }

  private SimulatedProcess anyProcess() {
    return dice.chance(0.5) ? dice.pick(universe.nodes) : dice.pick(universe.clients);
  }

  private void killNode() {
    SimulatedNode node = dice.chance(0.4) ? leaderOrAny() : dice.pick(universe.nodes);
    if (!node.isAlive() || node.isFrozen()) {
      return;
    }
    node.kill();
    List<SimulatedNode> others = universe.nodes;
    boolean allVote = others.stream().allMatch(each -> each.disk().voter);
    if (others.size() > 1 && allVote && dice.chance(universe.faults.wipes())) {
      node.loseDisk();
    }
    universe.scheduler.after(100 * Scheduler.MILLI + duration(), () -> restart(node));
  }

  private static void restart(SimulatedNode node) {
    if (!node.isAlive()) {
      node.restart();
    }
  }

  private SimulatedNode leaderOrAny() {
    return universe.nodes.stream()
        .filter(node -> node.raft.role() == RaftNode.Role.LEADER)
        .findFirst()
        .orElseGet(() -> dice.pick(universe.nodes));
  }

  private void killClient() {
    SimulatedClient client = dice.pick(universe.clients);
    if (client.isAlive() && !client.isFrozen()) {
      client.kill();
    }
  }

  /** Programs that are gone are started again. */
  private void replaceClients() {
    long living = universe.clients.stream().filter(client -> !client.isOver()).count();
    if (living < universe.faults.clients() && dice.chance(0.5)) {
      universe.newClient();
    }
  }

  private void jumpWall() {
    anyProcess().clock.jumpWall(dice.between(-3_600_000, 3_600_000) / (1 + dice.below(1_000)));
  }

  private void takeSnapshot() {
    SimulatedNode node = dice.pick(universe.nodes);
    if (node.isRunning()) {
      node.raft.takeSnapshot();
    }
  }

  private void depose() {
    SimulatedNode node = leaderOrAny();
    if (node.isRunning()) {
      node.raft.depose(dice.chance(0.5));
    }
  }

  private void forceRelease() {
    List<GrantLedger.Held> grants = universe.truth.grants().all();
    if (grants.isEmpty()) {
      return;
    }
    GrantLedger.Held victim = dice.pick(grants);
    ByteString operation =
        ByteString.copyFrom(ByteBuffer.allocate(16).putLong(++operations).putLong(0).flip());
    ForceRelease command =
        ForceRelease.newBuilder()
            .setOperationId(operation)
            .setLock(victim.demands().get(0).getLock())
            .setToken(victim.token())
            .setOperator("somebody")
            .setReason("to see what happens")
            .build();
    SimulatedNode node = dice.pick(universe.nodes);
    universe.trace.tell(node.name, "is asked to force the release of", victim.token());
    node.onOtherThread(() -> node.onCore(core -> core.forceRelease(command, _ -> {})));
  }
}
