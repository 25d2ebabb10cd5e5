package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.rpc.RaftRpcServerFactory;
import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.FatalHandler;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.MembershipException;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.PeerMessenger;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.ReadOutcome;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.Role;
import dev.holdfast.replication.SnapshotInfo;
import dev.holdfast.replication.disk.DataDirectory;
import dev.holdfast.replication.founding.Admission;
import dev.holdfast.replication.peer.Peer;
import dev.holdfast.replication.peer.PeerTransport;
import dev.holdfast.replication.peer.ProcessNumber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replicated log on SOFAJRaft.
 *
 * <p>It owns, from the outside in: the data directory, the peer transport, the {@link Admission}
 * that decides when this node may vote, and the {@link EngineNode}, which exists from then on.
 */
final class JRaftLog implements ReplicatedLog, ReplicaMachine.Surroundings {
  private static final Logger log = LoggerFactory.getLogger(JRaftLog.class);
  private static final byte[] NO_CONTEXT = new byte[0];

  private final ReplicationConfig config;
  private final OwnIdentity identity;
  private final FatalHandler fatalHandler;
  private final PeerTransport transport;
  private final AppendTraffic appends;
  private final NodeThreads threads;
  private final Proposal.Register proposals = new Proposal.Register();
  private final StartRefusal refusal = new StartRefusal();
  private final ReplicaMachine machine;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean failed = new AtomicBoolean();
  private volatile long lastWordOfLeaderNanos = Long.MIN_VALUE;
  private volatile @Nullable DataDirectory data;
  private volatile @Nullable Admission admission;
  private volatile @Nullable EngineNode engine;
  private volatile @Nullable Membership membership;

  JRaftLog(
      ReplicationConfig config, Replica replica, FatalHandler fatalHandler, ProcessNumber process) {
    this.config = config;
    this.identity = new OwnIdentity(config);
    this.fatalHandler = fatalHandler;
    this.threads = new NodeThreads(config.self());
    this.transport =
        new PeerTransport(
            config.cluster(),
            new Peer(config.self(), PeerAddress.parse(config.peerAddress())),
            process,
            PeerAddress.parse(config.bindAddress()),
            config.tls());
    this.appends = new AppendTraffic(config.propagateCommits(), threads.timer());
    this.machine =
        new ReplicaMachine(
            config.self(),
            replica,
            new SnapshotTrigger(config.snapshots(), System.nanoTime()),
            threads.snapshots(),
            refusal,
            this);
  }

  @Override
  public void open() throws IOException {
    var _ = directory();
  }

  private synchronized DataDirectory directory() throws IOException {
    DataDirectory directory = data;
    if (directory == null) {
      // Not when the cluster is founded, which may be much later and on another thread.
      EngineStorage.requireNativeLibrary();
      directory = DataDirectory.open(config.dataDirectory(), config.cluster(), config.self());
      data = directory;
    }
    return directory;
  }

  @Override
  public void start() throws IOException {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("started before");
    }
    try {
      DataDirectory directory = directory();
      EngineRpcServer server =
          new EngineRpcServer(threads.requests(), () -> lastWordOfLeaderNanos = System.nanoTime());
      RaftRpcServerFactory.addRaftRequestProcessors(server, threads.requests(), threads.requests());
      Admission admitting =
          new Admission(
              config,
              directory,
              transport,
              threads.timer(),
              threads.requests(),
              members -> startEngine(directory, members),
              this::onFatal);
      admission = admitting;
      transport.open(server, admitting);
      keepLinks(identity.witnesses(directory));
      identity.requireOnlyProcess(transport);
      transport.onTurnedAway(
          other -> onFatal(ExitCode.NODE_ID_IN_USE, identity.inUse(other), null));
      admitting.begin();
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Called once, by {@link Admission}, on whatever thread found out that this node may vote. */
  private void startEngine(DataDirectory directory, List<Member> members) throws IOException {
    Admission admitting = admission;
    if (admitting == null || closed.get()) {
      throw new IOException("the node is being closed");
    }
    EngineChannel channel = new EngineChannel(transport.engineLinks(), appends);
    EngineNode started = EngineNode.start(config, directory, members, channel, machine, refusal);
    try {
      identity.requireOwnAddress(started.members());
    } catch (DataRefusedException e) {
      started.stop();
      throw e;
    }
    engine = started;
    membership =
        new Membership(started, admitting, transport, threads.requests(), machine::leadership);
    onMembers(started.configuration());
    LeaderGuard guard =
        new LeaderGuard(
            config,
            started,
            appends,
            proposals::size,
            machine::appliedIndex,
            this::beginAnew,
            this::onFatal);
    threads.every(LeaderGuard.LOOK_MILLIS, guard::look);
  }

  void beginAnew(PeerId peer) {
    appends.beginAnew(peer, transport.engineLinks()::disconnect);
  }

  @Override
  public void propose(long term, byte[] entry, ProposalListener listener) {
    EngineNode current = engine;
    Proposal proposal = proposals.open(listener);
    if (current == null || closed.get() || failed.get()) {
      proposal.end(ProposalOutcome.OUTCOME_UNKNOWN);
      return;
    }
    Task task = new Task(ByteBuffer.wrap(entry), proposal);
    task.setExpectedTerm(term);
    try {
      current.node().apply(task);
    } catch (RuntimeException e) {
      log.debug("A proposal was not accepted", e);
      proposal.end(ProposalOutcome.OUTCOME_UNKNOWN);
    }
  }

  @Override
  public void propagateCommit(long index) {
    appends.onAwaited(index);
  }

  @Override
  public void readIndex(ReadListener listener) {
    EngineNode current = engine;
    if (current == null || closed.get() || failed.get()) {
      listener.onOutcome(ReadOutcome.FAILED);
      return;
    }
    Read read = new Read(listener);
    try {
      current.node().readIndex(NO_CONTEXT, read);
    } catch (RuntimeException e) {
      log.debug("A read was not accepted", e);
      read.tell(ReadOutcome.FAILED);
    }
  }

  @Override
  public LogStatus status() {
    EngineNode current = engine;
    Leadership leadership = machine.leadership();
    if (current == null || !current.node().getNodeState().isActive()) {
      return new LogStatus(
          role(),
          leadership.term(),
          null,
          0,
          0,
          machine.appliedIndex(),
          config.initialMembers(),
          silenceMillis(null));
    }
    NodeImpl node = current.node();
    List<Member> members = current.members();
    try {
      return new LogStatus(
          role(),
          leadership.term(),
          leadership.leader(),
          node.getLastLogIndex(),
          node.getLastCommittedIndex(),
          node.getLastAppliedLogIndex(),
          members,
          silenceMillis(current));
    } catch (IllegalStateException e) {
      // It was stopped between two questions.
      return new LogStatus(
          Role.STOPPED,
          leadership.term(),
          null,
          0,
          0,
          machine.appliedIndex(),
          members,
          silenceMillis(null));
    }
  }

  private Role role() {
    EngineNode current = engine;
    if (closed.get() || failed.get()) {
      return Role.STOPPED;
    }
    if (current == null) {
      Admission admitting = admission;
      return admitting == null ? Role.STARTING : admitting.role();
    }
    return switch (current.node().getNodeState()) {
      case STATE_LEADER, STATE_TRANSFERRING -> Role.LEADER;
      case STATE_CANDIDATE -> Role.CANDIDATE;
      case STATE_FOLLOWER -> Role.FOLLOWER;
      case STATE_UNINITIALIZED -> Role.STARTING;
      default -> Role.STOPPED;
    };
  }

  private long silenceMillis(@Nullable EngineNode current) {
    long now = System.nanoTime();
    if (current != null && current.leads()) {
      Long answered =
          appends.majorityAnsweredNanos(current.configuration().listPeers(), current.id(), now);
      return answered == null ? Long.MAX_VALUE : (now - answered) / 1_000_000;
    }
    long last = lastWordOfLeaderNanos;
    return last == Long.MIN_VALUE ? Long.MAX_VALUE : (now - last) / 1_000_000;
  }

  @Override
  public void transferLeadership(@Nullable NodeId to) {
    EngineNode current = engine;
    if (current == null || !current.leads()) {
      return;
    }
    PeerId target =
        current.configuration().listPeers().stream()
            .filter(peer -> Peers.name(peer).equals(to))
            .findFirst()
            .orElse(to == null ? PeerId.ANY_PEER : null);
    if (target == null) {
      log.warn("The leadership cannot go to {}, which is no member", to);
      return;
    }
    Status status = current.node().transferLeadershipTo(target);
    if (!status.isOk()) {
      log.warn("The leadership was not handed to {}: {}", target, status);
    }
  }

  @Override
  public CompletableFuture<List<Member>> addMember(NodeId id, String peerAddress) {
    PeerAddress.parse(peerAddress);
    return changeMembers(change -> change.add(id, peerAddress));
  }

  @Override
  public CompletableFuture<List<Member>> removeMember(NodeId id) {
    return changeMembers(change -> change.remove(id));
  }

  @Override
  public CompletableFuture<List<Member>> replaceMember(NodeId id) {
    return changeMembers(change -> change.replace(id));
  }

  private CompletableFuture<List<Member>> changeMembers(
      Function<Membership, CompletableFuture<List<Member>>> change) {
    Membership current = membership;
    if (current == null || !machine.leadership().gained()) {
      return CompletableFuture.failedFuture(
          new MembershipException(
              MembershipException.Reason.NOT_LEADER, config.self() + " does not lead"));
    }
    return change.apply(current);
  }

  @Override
  public CompletableFuture<SnapshotInfo> takeSnapshot() {
    CompletableFuture<SnapshotInfo> taken = new CompletableFuture<>();
    EngineNode current = engine;
    if (current == null) {
      taken.completeExceptionally(new IOException("this node has no log yet"));
      return taken;
    }
    current
        .node()
        .snapshot(
            status -> {
              if (status.isOk()) {
                taken.complete(lastSnapshot());
              } else {
                taken.completeExceptionally(new IOException("no snapshot: " + status));
              }
            });
    return taken;
  }

  private SnapshotInfo lastSnapshot() {
    long index = SnapshotFolders.lastIndex(config.dataDirectory());
    Path file = SnapshotFolders.file(config.dataDirectory(), index, ReplicaMachine.SNAPSHOT_FILE);
    return new SnapshotInfo(index, file, machine.snapshotBytes());
  }

  @Override
  public PeerMessenger messenger() {
    return transport.messages();
  }

  @Override
  public void onApplied(long index) {
    appends.onCommitted(index);
  }

  @Override
  public void onLeadership(Leadership leadership) {
    if (appends.isLeading() && !leadership.gained()) {
      noteMajorityUntilNow();
    }
    appends.onLeading(leadership.gained());
    DataDirectory directory = data;
    if (leadership.leader() != null && directory != null && !directory.record().participated()) {
      threads.soon(() -> noteParticipation(directory));
    }
  }

  /** For one who led, the last word of a leader is the last answer of a majority. */
  private void noteMajorityUntilNow() {
    EngineNode current = engine;
    if (current == null) {
      return;
    }
    Long answered =
        appends.majorityAnsweredNanos(
            current.configuration().listPeers(), current.id(), System.nanoTime());
    long last = lastWordOfLeaderNanos;
    if (answered != null && (last == Long.MIN_VALUE || answered - last > 0)) {
      lastWordOfLeaderNanos = answered;
    }
  }

  private void noteParticipation(DataDirectory directory) {
    try {
      directory.noteParticipation();
    } catch (IOException e) {
      onFatal(ExitCode.DISK_FAILED, "the node's record was not written", e);
    }
  }

  @Override
  public void onMembers(Configuration configuration) {
    appends.onMembers(configuration.listPeers());
    keepLinks(Peers.toMembers(configuration));
  }

  private void keepLinks(List<Member> members) {
    transport.keepLinks(
        members.stream()
            .filter(member -> !member.id().equals(config.self()))
            .map(member -> new Peer(member.id(), PeerAddress.parse(member.peerAddress())))
            .collect(Collectors.toSet()));
  }

  @Override
  public void onSnapshotDue() {
    EngineNode current = engine;
    if (current != null) {
      current
          .node()
          .snapshot(
              status -> {
                if (!status.isOk()) {
                  log.warn("No snapshot was taken: {}", status);
                }
              });
    }
  }

  @Override
  public void onFatal(ExitCode code, String message, @Nullable Throwable cause) {
    if (closed.get()) {
      log.debug("While closing: {}", message, cause);
      return;
    }
    if (failed.compareAndSet(false, true)) {
      // Whoever is told says it to the operator; twice would be once too often.
      log.debug("{} must stop: {}", config.self(), message, cause);
      fatalHandler.onFatal(code, message, cause);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    EngineNode current = engine;
    threads.stopTimer();
    if (current != null) {
      Handover.handOver(current, config.electionTimeoutMillis());
      current.stop();
    }
    proposals.abandonAll();
    transport.close();
    threads.close();
    DataDirectory directory = data;
    if (directory != null) {
      directory.close();
    }
  }
}
