package dev.holdfast.server.node;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.Role;
import dev.holdfast.server.watch.WatchLimits;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole node of a {@link Simulation}: its state machines, its map, and how far it has applied.
 */
final class SimulatedNode implements NodeLog, Peers, MapView {
  final NodeId id;
  final NodeCore core;
  private final Simulation simulation;
  private final Map<Integer, ProposalListener> listenersByIndex = new HashMap<>();
  LockStateMachine machine = new LockStateMachine();
  int applied;
  long leadsTerm = -1;

  SimulatedNode(Simulation simulation, NodeId id, AdmissionLimits limits) {
    this.simulation = simulation;
    this.id = id;
    this.core =
        new NodeCore(
            new NodeIdentity(id, id + ":5470", "test", Map.of()),
            limits,
            WatchLimits.DEFAULT,
            ProposerSettings.DEFAULT,
            simulation.clock,
            simulation.random.split(),
            this,
            this,
            this);
  }

  /** Runs an event as the node's thread does. */
  void run(Runnable event) {
    event.run();
    core.settle();
  }

  void tellStatus(List<Member> members, @Nullable NodeId leader, long term) {
    Role role = id.equals(leader) ? Role.LEADER : Role.FOLLOWER;
    long silenceMillis = leader == null ? 600 : 10;
    core.onStatus(new LogStatus(role, term, leader, 0, 0, applied, members, silenceMillis));
  }

  /** Applies what is committed, up to some index. */
  void applyUpTo(int index) {
    for (; applied < index; applied++) {
      Simulation.Committed committed = simulation.log.get(applied);
      LogEntry entry = parse(committed.entry());
      var outcome = machine.apply(entry);
      core.onApplied(
          new AppliedEntry(
              applied + 1L, committed.term(), entry, outcome, machine.nextDeadlineMillis()));
      ProposalListener listener = listenersByIndex.remove(applied);
      if (listener != null) {
        listener.onOutcome(ProposalOutcome.COMMITTED);
      }
    }
  }

  /** Is brought up to date by a snapshot: the entries in it are never seen here. */
  void restoreFrom(SimulatedNode other) {
    machine = LockStateMachine.restore(other.machine.image().records());
    applied = other.applied;
    core.onRestored(machine.revision(), machine.clockMillis(), machine.nextDeadlineMillis());
  }

  void awaitIndex(int index, ProposalListener listener) {
    listenersByIndex.put(index, listener);
  }

  /** Proposals that it has heard nothing of come out as unknown. */
  void loseProposals() {
    List<ProposalListener> lost = List.copyOf(listenersByIndex.values());
    listenersByIndex.clear();
    lost.forEach(listener -> listener.onOutcome(ProposalOutcome.OUTCOME_UNKNOWN));
  }

  @Override
  public void propose(long term, byte[] entry, ProposalListener listener) {
    simulation.propose(this, term, entry, listener);
  }

  @Override
  public void readIndex(ReadListener listener) {
    simulation.readIndex(this, listener);
  }

  @Override
  public boolean send(NodeId to, PeerMessage message) {
    return simulation.send(this, to, message);
  }

  @Override
  public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
    return query.apply(machine);
  }

  private static LogEntry parse(byte[] bytes) {
    try {
      return LogEntry.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }
}
