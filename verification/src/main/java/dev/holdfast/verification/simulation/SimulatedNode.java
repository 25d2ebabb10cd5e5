package dev.holdfast.verification.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.Role;
import dev.holdfast.server.node.AdmissionLimits;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import dev.holdfast.server.node.NodeCore;
import dev.holdfast.server.node.NodeIdentity;
import dev.holdfast.server.node.NodeLog;
import dev.holdfast.server.node.Peers;
import dev.holdfast.server.node.ProposerSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole node: the product's {@link NodeCore} and {@link LockStateMachine}, hosted as the server
 * hosts them (the map changes on the log's thread, the node hears of it in a later turn of its
 * own), on the simulated log.
 */
final class SimulatedNode extends SimulatedProcess implements NodeLog, Peers, MapView {
  private static final long STATUS_NANOS = 200 * Scheduler.MILLI;

  final int index;
  final NodeId id;
  private final List<ClientStream> streams = new ArrayList<>();
  private RaftDisk disk = new RaftDisk();
  RaftNode raft;
  private NodeCore core;
  private LockStateMachine machine = new LockStateMachine();

  SimulatedNode(Universe universe, int index, MachineClock clock) {
    super(universe, "n" + (index + 1), clock);
    this.index = index;
    this.id = new NodeId(name);
    this.raft = new RaftNode(universe, index, this, disk);
    this.core = newCore();
  }

  private NodeCore newCore() {
    AdmissionLimits limits =
        universe.faults.tightLimits()
            ? new AdmissionLimits(
                1 << 20, 3, universe.faults.nodes() == 1 ? 100 : 10, 5, 3, 1_000, 600_000, 4)
            : AdmissionLimits.DEFAULT;
    return new NodeCore(
        new NodeIdentity(id, endpoint(), "simulated", Map.of()),
        limits,
        universe.watching.limits(),
        ProposerSettings.DEFAULT,
        clock::nanoTime,
        universe.dice.generator(),
        this,
        this,
        this);
  }

  String endpoint() {
    return name + ":5470";
  }

  RaftDisk disk() {
    return disk;
  }

  LockStateMachine machine() {
    return machine;
  }

  /** Begins its first or a later life. */
  void start() {
    universe.recording.began(this);
    raft.start();
    tellStatus();
    universe.network.resetAll(index);
  }

  @Override
  void kill() {
    super.kill();
    List<ClientStream> broken = new ArrayList<>(streams);
    streams.clear();
    broken.forEach(ClientStream::nodeDied);
    universe.watching.onKilled(this);
    disk.lose();
    universe.ledTime.look();
    universe.network.resetAll(index);
  }

  /** What it had acknowledged and voted is gone, so it votes no more until it is let in again. */
  void loseDisk() {
    disk = new RaftDisk(disk.forcedIndex());
    universe.trace.tell(name, "lost its disk", 0);
  }

  /** Starts again with what its disk holds. */
  void restart() {
    revive();
    machine = new LockStateMachine();
    raft = new RaftNode(universe, index, this, disk);
    core = newCore();
    start();
  }

  @Override
  void onPause(boolean begins) {
    if (begins) {
      universe.ledTime.look();
    } else {
      universe.ledTime.interrupted();
    }
  }

  @Override
  void settle() {
    core.settle();
  }

  @Override
  long nanosUntilDue() {
    return core.nanosUntilDue();
  }

  private void tellStatus() {
    LogStatus status = status();
    hand(() -> core.onStatus(status));
    onOtherThreadAfter(clock.trueNanos(STATUS_NANOS), this::tellStatus);
  }

  private LogStatus status() {
    Role role =
        switch (raft.role()) {
          case LEADER -> Role.LEADER;
          case FOLLOWER -> Role.FOLLOWER;
          case CANDIDATE -> Role.CANDIDATE;
        };
    List<Member> members =
        universe.nodes.stream()
            .map(node -> Member.initial(node.id, "127.0.0.1:" + (1_000 + node.index)))
            .toList();
    return new LogStatus(
        role,
        raft.term(),
        nodeId(raft.leader()),
        disk.lastIndex(),
        raft.commit(),
        raft.applied(),
        members,
        Math.max(0, raft.leaderSilenceNanos() / Scheduler.MILLI));
  }

  private @Nullable NodeId nodeId(int node) {
    return node < 0 ? null : universe.nodes.get(node).id;
  }

  // What the log does to the map and to the node

  void apply(long at, long term, byte[] bytes) {
    LogEntry entry;
    try {
      entry = LogEntry.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
    long revisionBefore = machine.revision();
    Applied applied = machine.apply(entry);
    universe.recording.applied(this, applied, revisionBefore);
    universe.truth.onApplied(this, at, entry, applied);
    AppliedEntry told = new AppliedEntry(at, term, entry, applied, machine.nextDeadlineMillis());
    hand(() -> core.onApplied(told));
  }

  byte[] snapshot(long at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      Iterator<SnapshotRecord> records = machine.image().records();
      while (records.hasNext()) {
        records.next().writeDelimitedTo(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] state = out.toByteArray();
    universe.truth.onSnapshot(this, at, state);
    return state;
  }

  void restore(RaftSnapshot snapshot, long at) {
    List<SnapshotRecord> records = new ArrayList<>();
    try (InputStream in = new ByteArrayInputStream(snapshot.state())) {
      for (SnapshotRecord record = SnapshotRecord.parseDelimitedFrom(in);
          record != null;
          record = SnapshotRecord.parseDelimitedFrom(in)) {
        records.add(record);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    machine = LockStateMachine.restore(records.iterator());
    universe.recording.began(this);
    universe.truth.onRestored(this, at);
    long revision = machine.revision();
    long clockMillis = machine.clockMillis();
    long nextDeadlineMillis = machine.nextDeadlineMillis();
    hand(() -> core.onRestored(revision, clockMillis, nextDeadlineMillis));
  }

  void leadershipGained(long term) {
    universe.truth.onLeadershipGained(this, term);
    universe.ledTime.interrupted();
    hand(() -> core.onLeadershipGained(term));
  }

  void leadershipLost() {
    universe.ledTime.look();
    hand(core::onLeadershipLost);
  }

  void leaderChanged(int leader, long term) {
    NodeId leaderId = nodeId(leader);
    hand(() -> core.onLeaderChanged(leaderId, term));
  }

  // What the node asks for

  @Override
  public void propose(long term, byte[] entry, ProposalListener listener) {
    universe.truth.onProposed();
    raft.propose(term, entry, outcome -> hand(() -> listener.onOutcome(outcome)));
  }

  @Override
  public void readIndex(ReadListener listener) {
    raft.readIndex(outcome -> hand(() -> listener.onOutcome(outcome)));
  }

  @Override
  public boolean send(NodeId to, PeerMessage message) {
    for (SimulatedNode node : universe.nodes) {
      if (node.id.equals(to) && node != this) {
        universe.network.send(
            Network.Channel.MESSAGES,
            index,
            node.index,
            () -> node.hand(() -> node.core.onPeerMessage(id, message)));
        return true;
      }
    }
    return false;
  }

  void onPeerConnected(SimulatedNode peer) {
    onOtherThread(() -> hand(() -> core.onPeerConnected(peer.id)));
  }

  @Override
  public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
    return query.apply(machine);
  }

  // Clients

  void opened(ClientStream stream) {
    streams.add(stream);
  }

  void closed(ClientStream stream) {
    streams.remove(stream);
  }

  /** Runs something on the node's thread. */
  void onCore(java.util.function.Consumer<NodeCore> event) {
    hand(() -> event.accept(core));
  }
}
