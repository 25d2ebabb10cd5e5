package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.ReplicatorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcResponseClosureAdapter;
import com.alipay.sofa.jraft.rpc.RpcUtils;
import com.google.protobuf.Message;
import dev.holdfast.replication.peer.Peer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the appends and heartbeats that this node, as the leader, exchanges with each peer.
 *
 * <p>Three things come out of it. It knows when each peer last answered. It knows which peer the
 * engine has forgotten ({@link #forgotten}). And it sees to it that a commit is known everywhere
 * soon: a follower learns of one only with the next append or heartbeat, which on an idle cluster
 * is a fifth of the election time-out away, and someone may be waiting for it there. So when the
 * commit index has passed what a peer has been told, the peer has acknowledged those entries and
 * nothing is on its way to it, it is sent one heartbeat: at once if the entry is {@linkplain
 * #onAwaited awaited} there, otherwise after {@link #PATIENCE_MILLIS}, within which the next append
 * usually brings the news for nothing. Under load there is always something on its way, and the
 * heartbeats vanish by themselves.
 */
final class AppendTraffic {
  private static final Logger log = LoggerFactory.getLogger(AppendTraffic.class);

  private static final long RECENT_ENTRIES = 1_024;

  /** How long a commit that nobody is known to wait for may stay unknown to a follower. */
  private static final long PATIENCE_MILLIS = 5;

  private final boolean propagateCommits;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean patient = new AtomicBoolean();
  private final AtomicLong awaitedIndex = new AtomicLong();
  private final Map<String, PeerTraffic> peers = new ConcurrentHashMap<>();
  private volatile @Nullable ReplicatorGroup group;
  private volatile List<PeerId> members = List.of();
  private volatile long committedIndex;
  private volatile boolean leading;

  AppendTraffic(boolean propagateCommits, ScheduledExecutorService timer) {
    this.propagateCommits = propagateCommits;
    this.timer = timer;
  }

  void bind(ReplicatorGroup newGroup) {
    group = newGroup;
  }

  /** A peer can be reached again; the engine may have given up on it. */
  void onConnected(Peer peer) {
    ReplicatorGroup current = group;
    if (current == null) {
      return;
    }
    for (PeerId member : members) {
      if (Peers.toPeer(member.getEndpoint()).equals(peer)) {
        var _ = RpcUtils.runInThread(() -> current.checkReplicator(member, true));
      }
    }
  }

  /** The voters as of the last {@link #onMembers}. */
  List<PeerId> members() {
    return members;
  }

  void onMembers(Collection<PeerId> newMembers) {
    members = List.copyOf(newMembers);
  }

  boolean isLeading() {
    return leading;
  }

  void onLeading(boolean nowLeading) {
    leading = nowLeading;
  }

  /** This node, as the leader, has seen an entry committed. Called on the apply thread. */
  void onCommitted(long index) {
    committedIndex = index;
    if (!propagateCommits || !leading) {
      return;
    }
    if (index <= awaitedIndex.get()) {
      checkSoon();
    } else if (!patient.getAndSet(true)) {
      try {
        var _ = timer.schedule(() -> endPatience(index), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        log.debug("Commits are spread no more, the node is being closed", e);
      }
    }
  }

  /** Somebody at another node waits for an entry, be it committed already or not yet. */
  void onAwaited(long index) {
    if (awaitedIndex.getAndAccumulate(index, Math::max) < index && propagateCommits && leading) {
      checkSoon();
    }
  }

  private void endPatience(long index) {
    patient.set(false);
    onAwaited(index);
    if (committedIndex > index) {
      onCommitted(committedIndex);
    }
  }

  private void checkSoon() {
    for (PeerTraffic traffic : peers.values()) {
      traffic.checkSoon();
    }
  }

  /** When a peer last answered, by {@link System#nanoTime}; null if it has not. */
  @Nullable Long lastAnswerNanos(PeerId peer) {
    PeerTraffic traffic = peers.get(peer.toString());
    return traffic == null ? null : traffic.lastAnswerNanos();
  }

  /**
   * The latest time at which a majority had answered, by {@link System#nanoTime}; this node counts
   * itself as of now. Null if there was none.
   */
  @Nullable Long majorityAnsweredNanos(Collection<PeerId> voters, PeerId self, long nowNanos) {
    int quorum = voters.size() / 2 + 1;
    long[] ages =
        voters.stream()
            .mapToLong(
                voter -> {
                  Long answered =
                      voter.equals(self) ? Long.valueOf(nowNanos) : lastAnswerNanos(voter);
                  return answered == null ? Long.MAX_VALUE : nowNanos - answered;
                })
            .sorted()
            .toArray();
    if (ages.length < quorum || ages[quorum - 1] == Long.MAX_VALUE) {
      return null;
    }
    return nowNanos - ages[quorum - 1];
  }

  /** Notes a request before it is sent. */
  Sent onSend(AppendEntriesRequest request, @Nullable Executor executor) {
    PeerTraffic traffic = traffic(request.getPeerId());
    traffic.onSend(request, executor, System.nanoTime());
    return new Sent(traffic, request);
  }

  /**
   * Notes the offer of a snapshot before it is sent.
   *
   * @return to be run once, when it has been answered or has failed
   */
  Runnable onOffer(InstallSnapshotRequest request) {
    PeerTraffic traffic = traffic(request.getPeerId());
    traffic.begin(request.getTerm(), System.nanoTime());
    return () -> traffic.end(request.getTerm(), System.nanoTime());
  }

  private PeerTraffic traffic(String peer) {
    return peers.computeIfAbsent(peer, name -> new PeerTraffic(EngineRpcClient.peer(name)));
  }

  /**
   * The peers that answer heartbeats and lack entries that are committed, and to which nothing else
   * has been on its way for so long. The engine does that to a peer if it wants to send a snapshot
   * while an append is under way: if the peer refuses the append, the answer to the snapshot is
   * taken for an old one, and nothing is sent to it any more for as long as this node leads.
   */
  List<PeerId> forgotten(long patienceNanos, long nowNanos) {
    return leading
        ? members.stream().filter(member -> isForgotten(member, patienceNanos, nowNanos)).toList()
        : List.of();
  }

  private boolean isForgotten(PeerId member, long patienceNanos, long nowNanos) {
    PeerTraffic traffic = peers.get(member.toString());
    return traffic != null && traffic.isForgotten(patienceNanos, nowNanos);
  }

  /**
   * Has the engine begin anew with a peer. Its connection is cut, so that the engine finds none and
   * notes that; it begins when there is one again, under its own lock and only if it still leads.
   */
  void beginAnew(PeerId member, Consumer<Peer> disconnect) {
    ReplicatorGroup current = group;
    if (current != null) {
      var _ =
          RpcUtils.runInThread(
              () -> {
                current.stopReplicator(member);
                disconnect.accept(Peers.toPeer(member.getEndpoint()));
                current.addReplicator(member, ReplicatorType.Follower, false);
              });
    }
  }

  /** Probes have data, though it is empty. */
  private static boolean isHeartbeat(AppendEntriesRequest request) {
    return request.getEntriesCount() == 0 && !request.hasData();
  }

  /** A request on its way. */
  final class Sent {
    private final PeerTraffic traffic;
    private final AppendEntriesRequest request;

    private Sent(PeerTraffic traffic, AppendEntriesRequest request) {
      this.traffic = traffic;
      this.request = request;
    }

    /** Whether its peer is so close behind that there is little to send to it in one go. */
    boolean isRecent() {
      return committedIndex - request.getPrevLogIndex() <= RECENT_ENTRIES;
    }

    /**
     * What the engine is to hear. If a heartbeat is refused because the peer's log is another, the
     * engine sends a probe, or a snapshot, whatever else is under way; what is under way will be
     * refused for the same reason, and to send both makes it forget the peer.
     */
    @Nullable Message heard(@Nullable Message response) {
      return response instanceof AppendEntriesResponse answer
              && isHeartbeat(request)
              && !answer.getSuccess()
              && answer.hasLastLogIndex()
              && traffic.isAnythingUnderWay()
          ? answer.toBuilder().clearLastLogIndex().build()
          : response;
    }

    /** Called once, after the engine has dealt with the answer; null if there was none. */
    void onAnswer(@Nullable AppendEntriesResponse answer) {
      traffic.onAnswer(request, System.nanoTime(), answer);
    }
  }

  private final class PeerTraffic {
    private final PeerId id;
    private @Nullable Executor executor;
    private long term;
    private int appendsUnderWay;

    /** Whatever is no heartbeat: appends, probes, snapshots. */
    private int underWay;

    private long lastChangeNanos;
    private long acknowledgedIndex;
    private long toldCommitIndex;
    private boolean heartbeatUnderWay;
    private @Nullable Long lastAnswerNanos;

    PeerTraffic(PeerId id) {
      this.id = id;
    }

    synchronized @Nullable Long lastAnswerNanos() {
      return lastAnswerNanos;
    }

    synchronized void onSend(
        AppendEntriesRequest request, @Nullable Executor answersOn, long nowNanos) {
      executor = answersOn;
      reach(request.getTerm(), nowNanos);
      if (request.getEntriesCount() > 0) {
        appendsUnderWay++;
      }
      if (!isHeartbeat(request)) {
        begin(request.getTerm(), nowNanos);
      }
    }

    private void reach(long newTerm, long nowNanos) {
      if (newTerm != term) {
        term = newTerm;
        appendsUnderWay = 0;
        underWay = 0;
        lastChangeNanos = nowNanos;
        acknowledgedIndex = 0;
        toldCommitIndex = 0;
        heartbeatUnderWay = false;
      }
    }

    synchronized void begin(long itsTerm, long nowNanos) {
      reach(itsTerm, nowNanos);
      underWay++;
      lastChangeNanos = nowNanos;
    }

    synchronized void end(long itsTerm, long nowNanos) {
      if (itsTerm == term) {
        underWay = Math.max(0, underWay - 1);
        lastChangeNanos = nowNanos;
      }
    }

    synchronized boolean isAnythingUnderWay() {
      return underWay > 0;
    }

    synchronized boolean isForgotten(long patienceNanos, long nowNanos) {
      return underWay == 0
          && nowNanos - lastChangeNanos >= patienceNanos
          && lastAnswerNanos != null
          && nowNanos - lastAnswerNanos < patienceNanos
          && acknowledgedIndex < committedIndex;
    }

    void onAnswer(
        AppendEntriesRequest request, long nowNanos, @Nullable AppendEntriesResponse answer) {
      synchronized (this) {
        if (answer != null) {
          lastAnswerNanos = nowNanos;
        }
        if (request.getTerm() != term) {
          return;
        }
        if (!isHeartbeat(request)) {
          end(term, nowNanos);
        }
        if (request.getEntriesCount() > 0) {
          appendsUnderWay = Math.max(0, appendsUnderWay - 1);
        }
        if (answer != null && answer.getSuccess()) {
          long reached = request.getPrevLogIndex() + request.getEntriesCount();
          acknowledgedIndex = Math.max(acknowledgedIndex, reached);
          toldCommitIndex =
              Math.max(toldCommitIndex, Math.min(request.getCommittedIndex(), reached));
        }
      }
      if (propagateCommits && leading) {
        check();
      }
    }

    /** As {@link #check}, off the apply thread: a replicator's lock may be held for a while. */
    void checkSoon() {
      Executor current;
      synchronized (this) {
        if (!isBehind()) {
          return;
        }
        current = executor;
      }
      if (current != null) {
        current.execute(this::check);
      }
    }

    private boolean isBehind() {
      return appendsUnderWay == 0
          && !heartbeatUnderWay
          && toldCommitIndex
              < Math.min(awaitedIndex.get(), Math.min(committedIndex, acknowledgedIndex));
    }

    private void check() {
      ReplicatorGroup current = group;
      synchronized (this) {
        if (current == null || !isBehind()) {
          return;
        }
        heartbeatUnderWay = true;
      }
      current.sendHeartbeat(
          id,
          new RpcResponseClosureAdapter<AppendEntriesResponse>() {
            @Override
            public void run(Status status) {
              synchronized (PeerTraffic.this) {
                heartbeatUnderWay = false;
              }
            }
          });
    }
  }
}
