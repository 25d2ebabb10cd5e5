package dev.holdfast.server.host;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.StateImage;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.files.FileCopies;
import dev.holdfast.server.lint.LintLimits;
import dev.holdfast.server.lint.LockOrders;
import dev.holdfast.server.node.AdmissionLimits;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import dev.holdfast.server.node.NodeCore;
import dev.holdfast.server.node.NodeIdentity;
import dev.holdfast.server.node.NodeLog;
import dev.holdfast.server.node.NodeReport;
import dev.holdfast.server.node.Peers;
import dev.holdfast.server.node.ProposerSettings;
import dev.holdfast.server.node.ReadPermit;
import dev.holdfast.server.node.SessionStream;
import dev.holdfast.server.ownership.OwnershipRecorder;
import dev.holdfast.server.watch.WatchLimits;
import dev.holdfast.server.watch.WatchStream;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: ties the state machines to their thread, the map and the replicated log. What the
 * doors need of a node they find here; all of it may be called on any thread and none of it waits,
 * unless it says so.
 */
public final class NodeHost implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(NodeHost.class);

  private final NodeIdentity identity;
  private final ReplicaHost replica;
  private final ReplicatedLog log;
  private final NodeCore core;
  private final NodeLoop loop;
  private final StatusSampler sampler;
  private final @Nullable NodeRecorder recorder;
  private final LintReader lint = new LintReader(LintLimits.NODE);
  private final @Nullable OwnershipRecorder ownership;
  private final @Nullable FileCopies copies;
  private final NodeMeter meter;
  private volatile @Nullable NodeReport report;

  /** Makes the replicated log that drives the replica that it is given. */
  @FunctionalInterface
  public interface LogMaker {
    /** Touches neither disk nor network. */
    ReplicatedLog make(Replica replica);
  }

  /**
   * A node that is not started.
   *
   * @param onBug hears of anything that the node's own thread throws; the node is dead then
   * @param recorder records what is applied, and is closed with this node; null if nobody does
   * @param ownership keeps who held what, and is closed with this node; null if nobody does
   * @param copies keeps copies of the files, and is closed with this node; null if nobody does
   * @param meter hears what the node does and how long it takes
   */
  public NodeHost(
      NodeIdentity identity,
      AdmissionLimits limits,
      WatchLimits watchLimits,
      ProposerSettings proposer,
      LogMaker logMaker,
      Consumer<Throwable> onBug,
      @Nullable NodeRecorder recorder,
      @Nullable OwnershipRecorder ownership,
      @Nullable FileCopies copies,
      NodeMeter meter) {
    this.copies = copies;
    this.meter = meter;
    this.identity = identity;
    this.recorder = recorder;
    this.ownership = ownership;
    replica = new ReplicaHost(recorded(lint.reading(new Events())), meter);
    lint.readLabelsFrom(replica);
    if (copies != null) {
      copies.readFrom(replica);
    }
    log = logMaker.make(replica);
    core =
        new NodeCore(
            identity,
            limits,
            watchLimits,
            proposer,
            System::nanoTime,
            new SplittableRandom(),
            new LogOnLoop(),
            new MessengerPeers(),
            replica);
    loop = new NodeLoop(identity.id().value(), core, onBug);
    sampler = new StatusSampler(identity.id().value(), log, this::onStatus);
  }

  private NodeEvents recorded(NodeEvents events) {
    NodeEvents recorded = recorder == null ? events : recorder.recording(events);
    NodeEvents copied = copies == null ? recorded : new FilesTap(copies, recorded);
    return ownership == null ? copied : new OwnershipTap(ownership, copied, this::map);
  }

  /**
   * Takes the data directory; what else is kept in it may be opened then.
   *
   * @throws IOException as {@link ReplicatedLog#open} does
   */
  public void open() throws IOException {
    log.open();
  }

  /**
   * Opens the disk and takes part in the cluster.
   *
   * @throws IOException as {@link ReplicatedLog#start} does
   */
  public void start() throws IOException {
    log.messenger().onMessage(this::onPeerMessage);
    log.messenger().onPeerConnected(peer -> loop.execute(() -> core.onPeerConnected(peer)));
    log.messenger().onPeerDisconnected(peer -> LOGGER.info("peer_disconnected peer={}", peer));
    loop.start();
    log.start();
    sampler.start();
  }

  public NodeIdentity identity() {
    return identity;
  }

  /** This node's own map. */
  public MapView map() {
    return replica;
  }

  /** As {@link ReplicaHost#stateHash}. */
  public byte[] stateHash() {
    return replica.stateHash();
  }

  /** As {@link ReplicaHost#image}. */
  public StateImage image() {
    return replica.image();
  }

  /** In which orders locks were taken, as far as this node has seen it. */
  public LockOrders.Seen lockOrders() {
    return lint.seen();
  }

  /** Who held what in the past; null if that is not recorded. */
  public @Nullable OwnershipRecorder ownership() {
    return ownership;
  }

  /** The replicated log, for what operators do with it. */
  public ReplicatedLog log() {
    return log;
  }

  /** How the log stood a moment ago, without waiting for the engine. */
  public LogStatus recentStatus() {
    return sampler.recent();
  }

  /** What the node said of itself a moment ago, without waiting for it; null before it ran. */
  public @Nullable NodeReport recentReport() {
    return report;
  }

  /** How long ago this node had word of a leader; -1 if never. */
  public long leaderHeardMillisAgo() {
    return sampler.leaderHeardMillisAgo();
  }

  /** Runs something on the node's thread, which must be quick. */
  public void onLoop(Consumer<NodeCore> event) {
    loop.execute(() -> event.accept(core));
  }

  /** Asks something on the node's thread, and hands the answer on there. */
  public <T> void ask(Function<NodeCore, T> question, Consumer<T> asker) {
    loop.execute(() -> asker.accept(question.apply(core)));
  }

  public void onFrame(SessionStream stream, ClientFrame frame) {
    loop.execute(() -> core.onFrame(stream, frame));
  }

  public void onFrameTooLarge(SessionStream stream) {
    loop.execute(() -> core.onFrameTooLarge(stream));
  }

  public void onFrameUnreadable(SessionStream stream) {
    loop.execute(() -> core.onFrameUnreadable(stream));
  }

  public void onDisconnected(SessionStream stream) {
    loop.execute(() -> core.onDisconnected(stream));
  }

  public void watch(WatchStream stream, WatchRequest request) {
    loop.execute(() -> core.watch(stream, request));
  }

  public void onWatcherReady(WatchStream stream) {
    loop.execute(() -> core.onWatcherReady(stream));
  }

  public void onWatcherGone(WatchStream stream) {
    loop.execute(() -> core.onWatcherGone(stream));
  }

  /** As {@link NodeCore#read}; the reader is called on the node's thread and must hand over. */
  public void read(long revisionMin, Consumer<ReadPermit> reader) {
    loop.execute(() -> core.read(revisionMin, reader));
  }

  /** As {@link NodeCore#askRevocation}; the asker is called on the node's thread. */
  public void askRevocation(AskRevocation operation, Consumer<Answer> asker) {
    loop.execute(() -> core.askRevocation(operation, asker));
  }

  /** As {@link NodeCore#forceRelease}; the asker is called on the node's thread. */
  public void forceRelease(ForceRelease operation, Consumer<Answer> asker) {
    loop.execute(() -> core.forceRelease(operation, asker));
  }

  /** What doors of wires without sessions need of this node. */
  public DoorClients doorClients() {
    return new NodeDoorClients(this);
  }

  /** Sends all sessions to other nodes and takes in no new ones. */
  public void sendAway() {
    loop.execute(core::stop);
  }

  /** Hands over the leadership, closes the log, ends the threads. May wait for a second or two. */
  @Override
  public void close() {
    sampler.close();
    log.close();
    loop.close();
    if (recorder != null) {
      recorder.close();
    }
    if (ownership != null) {
      ownership.close();
    }
    if (copies != null) {
      copies.close();
    }
  }

  private void onStatus(LogStatus status) {
    loop.execute(
        () -> {
          core.onStatus(status);
          report = core.report();
        });
  }

  private void onPeerMessage(NodeId from, byte[] bytes) {
    PeerMessage message;
    try {
      message = PeerMessage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      LOGGER.warn("peer_message_unreadable peer={} bytes={}", from, bytes.length, e);
      return;
    }
    if (message.hasForward()) {
      meter.onForwardTaken(message.getForward().getCommandsCount());
    }
    loop.execute(() -> core.onPeerMessage(from, message));
  }

  private final class Events implements NodeEvents {
    @Override
    public void onApplied(AppliedEntry entry, Runnable taken) {
      loop.execute(
          () -> {
            core.onApplied(entry);
            taken.run();
          });
    }

    @Override
    public void onRestored(long revision, long clockMillis, long nextDeadlineMillis) {
      LOGGER.info("map_restored revision={} clock_millis={}", revision, clockMillis);
      loop.execute(() -> core.onRestored(revision, clockMillis, nextDeadlineMillis));
    }

    @Override
    public void onLeadershipGained(long term) {
      LOGGER.info("leadership_gained term={}", term);
      loop.execute(() -> core.onLeadershipGained(term));
    }

    @Override
    public void onLeadershipLost(long term) {
      LOGGER.info("leadership_lost term={}", term);
      loop.execute(core::onLeadershipLost);
    }

    @Override
    public void onLeaderChanged(@Nullable NodeId leader, long term) {
      LOGGER.info("leader_changed leader={} term={}", leader, term);
      loop.execute(() -> core.onLeaderChanged(leader, term));
    }
  }

  /** Outcomes come back on the node's thread. */
  private final class LogOnLoop implements NodeLog {
    @Override
    public void propose(long term, byte[] entry, ProposalListener listener) {
      long beganNanos = meter.nanoTime();
      meter.onProposed();
      log.propose(
          term,
          entry,
          outcome -> {
            meter.onProposalEnded(outcome, meter.nanoTime() - beganNanos);
            loop.execute(() -> listener.onOutcome(outcome));
          });
    }

    @Override
    public void propagateCommit(long index) {
      log.propagateCommit(index);
    }

    @Override
    public void readIndex(ReadListener listener) {
      log.readIndex(outcome -> loop.execute(() -> listener.onOutcome(outcome)));
    }
  }

  private final class MessengerPeers implements Peers {
    @Override
    public boolean send(NodeId to, PeerMessage message) {
      boolean sent = !to.equals(identity.id()) && log.messenger().send(to, message.toByteArray());
      if (sent && message.hasForward()) {
        meter.onForwarded(message.getForward().getCommandsCount());
      }
      return sent;
    }
  }
}
