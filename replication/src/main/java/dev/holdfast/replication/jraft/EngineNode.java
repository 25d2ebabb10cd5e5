package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.RaftServiceFactory;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.disk.DataDirectory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine of one node, with the options on which the guarantees rest. */
final class EngineNode {
  private static final Logger log = LoggerFactory.getLogger(EngineNode.class);

  /**
   * Half of the engine's default: heartbeats are most of what an idle cluster costs, and commits do
   * not wait for them here.
   */
  private static final int HEARTBEATS_IN_A_TIMEOUT = 5;

  private static final int APPEND_THREADS = 4;
  private static final int APPENDS_QUEUED_MAX = 1 << 15;
  private static final int QUEUE_SLOTS = 1 << 12;
  private static final long LOGS_IN_MEMORY_BYTES_MAX = 64L << 20;

  private final PeerId id;
  private final NodeImpl node;
  private final FixedThreadsExecutorGroup appendExecutors;
  private volatile Known lastKnown = new Known(new Configuration(), List.of());

  private EngineNode(PeerId id, NodeImpl node, FixedThreadsExecutorGroup appendExecutors) {
    this.id = id;
    this.node = node;
    this.appendExecutors = appendExecutors;
  }

  /**
   * Starts the engine. Waits until the snapshot is loaded and the log is read.
   *
   * @param members the first members if the log is empty
   * @throws IOException with the reason that a storage gave, if it refused its data
   */
  static EngineNode start(
      ReplicationConfig config,
      DataDirectory data,
      List<Member> members,
      EngineChannel channel,
      ReplicaMachine machine,
      StartRefusal refusal)
      throws IOException {
    PeerId id =
        Peers.toPeerId(
            new Member(config.self(), data.record().incarnation(), config.peerAddress()));
    FixedThreadsExecutorGroup appends =
        DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
            APPEND_THREADS, "holdfast-append-" + config.self(), APPENDS_QUEUED_MAX, true);
    EngineOptions options = options(config, data, channel, machine, refusal);
    options.setInitialConf(Peers.toConfiguration(members));
    options.setAppendEntriesExecutors(appends);
    NodeManager.getInstance().addAddress(id.getEndpoint());
    try {
      NodeImpl node =
          (NodeImpl) RaftServiceFactory.createAndInitRaftNode(EngineDefaults.GROUP, id, options);
      return new EngineNode(id, node, appends);
    } catch (RuntimeException e) {
      NodeManager.getInstance().removeAddress(id.getEndpoint());
      appends.shutdownGracefully();
      throw refusal.reasonOr(e);
    }
  }

  private static EngineOptions options(
      ReplicationConfig config,
      DataDirectory data,
      EngineChannel channel,
      ReplicaMachine machine,
      StartRefusal refusal) {
    EngineOptions options = new EngineOptions(channel);
    options.setServiceFactory(new EngineStorage(refusal));
    options.setFsm(machine);
    options.setLogUri(data.entries().toString());
    options.setRaftMetaUri(data.votes().toString());
    options.setSnapshotUri(data.snapshots().toString());
    options.setElectionTimeoutMs(config.electionTimeoutMillis());
    // Snapshots are ours to trigger: the engine's interval would write on an idle node.
    options.setSnapshotIntervalSecs(0);
    options.setDisableCli(true);
    options.setTimerPoolSize(1);
    options.setRpcProcessorThreadPoolSize(6);
    options.setRaftOptions(raftOptions(config));
    return options;
  }

  private static RaftOptions raftOptions(ReplicationConfig config) {
    RaftOptions raft = new RaftOptions();
    raft.setMaxElectionDelayMs(config.maxElectionDelayMillis());
    // These three are what makes an acknowledged entry survive; two of them are off by default.
    raft.setSync(true);
    raft.setSyncMeta(true);
    raft.setEnableLogEntryChecksum(true);
    // Leases of leaders trust clocks.
    raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
    raft.setOpenStatistics(false);
    raft.setElectionHeartbeatFactor(HEARTBEATS_IN_A_TIMEOUT);
    raft.setMaxByteCountPerRpc(1 << 20);
    raft.setDisruptorBufferSize(QUEUE_SLOTS);
    raft.setMaxLogsInMemoryBytes(LOGS_IN_MEMORY_BYTES_MAX);
    return raft;
  }

  PeerId id() {
    return id;
  }

  NodeImpl node() {
    return node;
  }

  /** The voters as of the last configuration in the log, be it committed or not. */
  Configuration configuration() {
    Configuration configuration = node.getCurrentConf();
    return configuration == null ? new Configuration() : configuration;
  }

  /** As {@link #configuration}, as members; cheap while nothing changes. */
  List<Member> members() {
    Configuration now = configuration();
    Known known = lastKnown;
    if (!known.configuration.equals(now)) {
      known = new Known(now, Peers.toMembers(now));
      lastKnown = known;
    }
    return known.members;
  }

  private record Known(Configuration configuration, List<Member> members) {}

  /** Whether this node leads, perhaps while it hands the leadership over. Does not block. */
  boolean leads() {
    State state = node.getNodeState();
    return state == State.STATE_LEADER || state == State.STATE_TRANSFERRING;
  }

  /** Stops the engine and waits for its threads. */
  void stop() {
    node.shutdown();
    try {
      node.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.warn("Interrupted while {} stops", id);
    }
    NodeManager.getInstance().removeAddress(id.getEndpoint());
    appendExecutors.shutdownGracefully(2, TimeUnit.SECONDS);
  }
}
