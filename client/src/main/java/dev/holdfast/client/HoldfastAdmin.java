package dev.holdfast.client;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.holdfast.client.UnaryCalls.Kind;
import dev.holdfast.client.grpc.GrpcNetwork;
import dev.holdfast.client.grpc.GrpcProblem;
import dev.holdfast.client.grpc.TlsContexts;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.AddMemberRequest;
import dev.holdfast.protocol.v1.AskToLetGoRequest;
import dev.holdfast.protocol.v1.CheckReply;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ClusterGrpc;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.ForceReleaseRequest;
import dev.holdfast.protocol.v1.InfoRequest;
import dev.holdfast.protocol.v1.ListLocksReply;
import dev.holdfast.protocol.v1.ListLocksRequest;
import dev.holdfast.protocol.v1.ListSessionsReply;
import dev.holdfast.protocol.v1.ListSessionsRequest;
import dev.holdfast.protocol.v1.LocksGrpc;
import dev.holdfast.protocol.v1.ReadLabel;
import dev.holdfast.protocol.v1.RemoveMemberRequest;
import dev.holdfast.protocol.v1.ReplaceMemberRequest;
import dev.holdfast.protocol.v1.StatusReply;
import dev.holdfast.protocol.v1.StatusRequest;
import dev.holdfast.protocol.v1.TakeSnapshotReply;
import dev.holdfast.protocol.v1.TakeSnapshotRequest;
import dev.holdfast.protocol.v1.TransferLeadershipRequest;
import dev.holdfast.protocol.v1.VerifyReply;
import dev.holdfast.protocol.v1.VerifyRequest;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCalls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Questions that need no session, and what operators do. Safe for use by many threads; every call
 * blocks until it is answered or the request time-out is over. Calls that may go to any node try
 * the endpoints in turn, and what only the leader can serve follows the node's hint to it.
 *
 * <p>Every call may throw {@link UnavailableException} if no node answered (for a question that is
 * all there is to it), {@link OutcomeUnknownException} if a command may have been carried out all
 * the same, {@link OverloadedException}, and {@link LockRefusedException} with the node's reason.
 * An interrupt makes a call return at once with {@link OutcomeUnknownException} (commands) or
 * {@link UnavailableException} (questions), the thread's interrupt flag set.
 */
public final class HoldfastAdmin implements AutoCloseable {
  private static final int PAGE = 1_000;
  private static final AtomicInteger LAST_ADMIN = new AtomicInteger();

  private final UnaryCalls calls;
  private final Watches watches;
  private final @Nullable GrpcNetwork own;
  private final LongSupplier revisionMin;
  private final @Nullable ClientHistory history;
  private final AtomicLong revisionRead = new AtomicLong();

  private HoldfastAdmin(
      UnaryCalls calls,
      Watches watches,
      @Nullable GrpcNetwork own,
      LongSupplier revisionMin,
      @Nullable ClientHistory history) {
    this.calls = calls;
    this.watches = watches;
    this.own = own;
    this.revisionMin = revisionMin;
    this.history = history;
  }

  /** Over a client's network, or over one of its own if there is none. */
  static HoldfastAdmin of(
      List<String> endpoints,
      Duration limit,
      @Nullable GrpcNetwork shared,
      LongSupplier revisionMin,
      @Nullable ClientHistory history) {
    GrpcNetwork network = shared != null ? shared : ownNetwork(null);
    UnaryCalls calls = new UnaryCalls(network, endpoints, limit);
    Watches watches = new Watches(endpoints, network);
    return new HoldfastAdmin(calls, watches, shared != null ? null : network, revisionMin, history);
  }

  private static GrpcNetwork ownNetwork(@Nullable ClientTls tls) {
    return new GrpcNetwork("holdfast-admin-" + LAST_ADMIN.incrementAndGet(), encryption(tls));
  }

  static @Nullable SslContext encryption(@Nullable ClientTls tls) {
    return tls == null ? null : TlsContexts.of(tls.trust(), tls.certificate(), tls.key());
  }

  /**
   * Prepares to talk to a cluster; connects when first used, with a request time-out of 5 s.
   *
   * @param endpoints host:port, several apart by commas
   */
  public static HoldfastAdmin connect(String endpoints) {
    return connect(endpoints, Duration.ofSeconds(5));
  }

  /**
   * Prepares to talk to a cluster; connects when first used.
   *
   * @param endpoints host:port, several apart by commas
   * @param requestTimeout for each call as a whole; 1 ms to one day
   */
  public static HoldfastAdmin connect(String endpoints, Duration requestTimeout) {
    return connect(endpoints, requestTimeout, null);
  }

  /**
   * Prepares to talk to a cluster; connects when first used.
   *
   * @param endpoints host:port, several apart by commas
   * @param requestTimeout for each call as a whole; 1 ms to one day
   * @param tls null to speak plainly
   * @throws IllegalArgumentException if a file of the TLS settings cannot be used
   */
  public static HoldfastAdmin connect(
      String endpoints, Duration requestTimeout, @Nullable ClientTls tls) {
    if (requestTimeout.compareTo(Duration.ofMillis(1)) < 0
        || requestTimeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "requestTimeout must be 1 ms to 1 day, not " + requestTimeout);
    }
    List<String> parsed = EndpointList.parse(endpoints);
    GrpcNetwork network = ownNetwork(tls);
    UnaryCalls calls = new UnaryCalls(network, parsed, requestTimeout);
    return new HoldfastAdmin(calls, new Watches(parsed, network), network, () -> 0, null);
  }

  /** The endpoints that were given, in their order. */
  public List<String> endpoints() {
    return calls.endpoints();
  }

  /**
   * Who holds a lock and who waits for it.
   *
   * @param lock its name
   * @param consistency linearizable, or from the asked node's own map
   * @param queueLimit most waiting requests to list, 0 or more; the length is told in any case
   */
  public LockCheck check(String lock, Consistency consistency, int queueLimit) {
    if (queueLimit < 0) {
      throw new IllegalArgumentException("queueLimit is 0 or more, not " + queueLimit);
    }
    long invokedNanos = System.nanoTime();
    CheckRequest question =
        CheckRequest.newBuilder()
            .setLock(requireName(lock))
            .setConsistency(Views.wire(consistency))
            .setRevisionMin(revisionMin())
            .setQueueLimit(queueLimit)
            .build();
    CheckReply reply = calls.anywhere(Kind.QUESTION, LocksGrpc.getCheckMethod(), question);
    saw(reply.getLabel());
    LockCheck check = Views.check(lock, reply);
    if (history != null) {
      history.read(check, invokedNanos);
    }
    return check;
  }

  /**
   * A page of the locks that are held or waited for, in the order of their names.
   *
   * @param prefix the name's beginning; empty for all
   * @param after names after this one; empty to begin
   * @param limit 1 to 1,000
   * @param consistency linearizable, or from the asked node's own map
   */
  public LockPage locks(String prefix, String after, int limit, Consistency consistency) {
    ListLocksRequest question =
        ListLocksRequest.newBuilder()
            .setPrefix(prefix)
            .setAfter(after)
            .setLimit(requireLimit(limit))
            .setConsistency(Views.wire(consistency))
            .build();
    ListLocksReply reply = calls.anywhere(Kind.QUESTION, LocksGrpc.getListLocksMethod(), question);
    saw(reply.getLabel());
    return Views.page(reply);
  }

  /**
   * All of them, page by page; what changes meanwhile may or may not be seen.
   *
   * @param prefix the name's beginning; empty for all
   * @param consistency linearizable, or from the asked node's own map
   */
  public List<LockSummary> allLocks(String prefix, Consistency consistency) {
    List<LockSummary> all = new ArrayList<>();
    String after = "";
    while (true) {
      LockPage page = locks(prefix, after, PAGE, consistency);
      all.addAll(page.locks());
      if (!page.more() || page.locks().isEmpty()) {
        return all;
      }
      after = page.locks().get(page.locks().size() - 1).lock();
    }
  }

  /**
   * A page of the sessions, in the order of their numbers.
   *
   * @param afterSessionId sessions after this one; 0 to begin
   * @param limit 1 to 1,000
   * @param consistency linearizable, or from the asked node's own map
   */
  public SessionPage sessions(long afterSessionId, int limit, Consistency consistency) {
    ListSessionsRequest question =
        ListSessionsRequest.newBuilder()
            .setAfterSessionId(afterSessionId)
            .setLimit(requireLimit(limit))
            .setConsistency(Views.wire(consistency))
            .build();
    ListSessionsReply reply =
        calls.anywhere(Kind.QUESTION, LocksGrpc.getListSessionsMethod(), question);
    saw(reply.getLabel());
    return Views.page(reply);
  }

  /**
   * All of them, page by page.
   *
   * @param consistency linearizable, or from the asked node's own map
   */
  public List<SessionSummary> allSessions(Consistency consistency) {
    List<SessionSummary> all = new ArrayList<>();
    long after = 0;
    while (true) {
      SessionPage page = sessions(after, PAGE, consistency);
      all.addAll(page.sessions());
      if (!page.more() || page.sessions().isEmpty()) {
        return all;
      }
      after = page.sessions().get(page.sessions().size() - 1).sessionId();
    }
  }

  /**
   * Whether a token is current for a lock.
   *
   * @param lock its name
   * @param token to be verified
   * @param consistency linearizable, or from the asked node's own map
   */
  public TokenCheck verify(String lock, FencingToken token, Consistency consistency) {
    VerifyRequest question =
        VerifyRequest.newBuilder()
            .setLock(requireName(lock))
            .setToken(token.value())
            .setConsistency(Views.wire(consistency))
            .build();
    VerifyReply reply = calls.anywhere(Kind.QUESTION, LocksGrpc.getVerifyMethod(), question);
    saw(reply.getLabel());
    return new TokenCheck(Views.info(reply.getLabel()), reply.getCurrent());
  }

  /**
   * What one node says about itself.
   *
   * @param endpoint host:port; any, not only those that were given
   */
  public NodeStatus status(String endpoint) {
    String address = EndpointList.parse(endpoint).get(0);
    return Views.status(
        calls.at(
            address,
            Kind.QUESTION,
            ClusterGrpc.getStatusMethod(),
            StatusRequest.getDefaultInstance()));
  }

  /** What a node is and the bounds that it works with; any node answers. */
  public NodeInfo info() {
    return Views.info(
        calls.anywhere(
            Kind.QUESTION, ClusterGrpc.getInfoMethod(), InfoRequest.getDefaultInstance()));
  }

  /**
   * What every given endpoint says about itself, asked all at once, in the order of the endpoints.
   * Never throws.
   */
  public List<EndpointStatus> statuses() {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(calls.limit().toNanos(), TimeUnit.NANOSECONDS);
    List<ListenableFuture<StatusReply>> asked = new ArrayList<>();
    for (String endpoint : calls.endpoints()) {
      asked.add(
          ClientCalls.futureUnaryCall(
              calls.channel(endpoint).newCall(ClusterGrpc.getStatusMethod(), options),
              StatusRequest.getDefaultInstance()));
    }
    List<EndpointStatus> answers = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      answers.add(answer(calls.endpoints().get(i), asked.get(i)));
    }
    return answers;
  }

  /**
   * Takes a lock away from its holder. The token is burned: whoever is fenced by it is refused from
   * then on.
   *
   * @param lock its name
   * @param token the grant's token, so that nobody else is hit
   * @param operator who does this, for the record
   * @param reason why, for the record
   * @param dryRun only tell what would happen
   */
  public ForceReleaseResult forceRelease(
      String lock, FencingToken token, String operator, String reason, boolean dryRun) {
    ForceReleaseRequest command =
        ForceReleaseRequest.newBuilder()
            .setLock(requireName(lock))
            .setToken(token.value())
            .setOperator(operator)
            .setReason(reason)
            .setDryRun(dryRun)
            .setOperationId(operationId())
            .build();
    Kind kind = dryRun ? Kind.QUESTION : Kind.IDEMPOTENT;
    return Views.forceRelease(calls.anywhere(kind, ClusterGrpc.getForceReleaseMethod(), command));
  }

  /**
   * Asks a holder to let go; see {@link LockGrant#whenAskedToLetGo}. Nothing changes by the
   * question.
   *
   * @param lock a lock of the grant
   * @param token the grant's
   * @param operator who asks
   * @param reason for the holder to read; at most 256 characters
   */
  public AskToLetGoResult askToLetGo(
      String lock, FencingToken token, String operator, String reason) {
    AskToLetGoRequest command =
        AskToLetGoRequest.newBuilder()
            .setLock(requireName(lock))
            .setToken(token.value())
            .setOperator(operator)
            .setReason(reason)
            .setOperationId(operationId())
            .build();
    return Views.asked(calls.anywhere(Kind.IDEMPOTENT, ClusterGrpc.getAskToLetGoMethod(), command));
  }

  private static ByteString operationId() {
    UUID id = UUID.randomUUID();
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
    return ByteString.copyFrom(bytes);
  }

  /**
   * Adds a node to the cluster; it must be running and reachable.
   *
   * @param nodeId its name
   * @param peerAddress where the others reach it, host:port
   * @return the members afterwards
   */
  public List<MemberInfo> addMember(String nodeId, String peerAddress) {
    AddMemberRequest command =
        AddMemberRequest.newBuilder().setNodeId(nodeId).setPeerAddress(peerAddress).build();
    return Views.members(
        calls.anywhere(Kind.COMMAND, ClusterGrpc.getAddMemberMethod(), command).getMembersList());
  }

  /**
   * Takes a node out of the cluster.
   *
   * @param nodeId its name
   * @return the members afterwards
   */
  public List<MemberInfo> removeMember(String nodeId) {
    RemoveMemberRequest command = RemoveMemberRequest.newBuilder().setNodeId(nodeId).build();
    return Views.members(
        calls
            .anywhere(Kind.COMMAND, ClusterGrpc.getRemoveMemberMethod(), command)
            .getMembersList());
  }

  /**
   * Takes back a node that lost its disk, under a new incarnation.
   *
   * @param nodeId its name
   * @return the members afterwards
   */
  public List<MemberInfo> replaceMember(String nodeId) {
    ReplaceMemberRequest command = ReplaceMemberRequest.newBuilder().setNodeId(nodeId).build();
    return Views.members(
        calls
            .anywhere(Kind.COMMAND, ClusterGrpc.getReplaceMemberMethod(), command)
            .getMembersList());
  }

  /**
   * Makes another node the leader.
   *
   * @param nodeId which; empty for whichever follower has most of the log
   * @return the status of the node that was asked
   */
  public NodeStatus transferLeadership(String nodeId) {
    TransferLeadershipRequest command =
        TransferLeadershipRequest.newBuilder().setNodeId(nodeId).build();
    return Views.status(
        calls.anywhere(Kind.COMMAND, ClusterGrpc.getTransferLeadershipMethod(), command));
  }

  /**
   * Makes a node write a snapshot now.
   *
   * @param endpoint host:port of the node
   */
  public SnapshotTaken snapshot(String endpoint) {
    String address = EndpointList.parse(endpoint).get(0);
    TakeSnapshotReply reply =
        calls.at(
            address,
            Kind.IDEMPOTENT,
            ClusterGrpc.getTakeSnapshotMethod(),
            TakeSnapshotRequest.getDefaultInstance());
    return new SnapshotTaken(reply.getLogIndex(), reply.getBytes());
  }

  /**
   * Reads a node's map, part by part, on the calling thread; as long as the node goes on sending.
   *
   * @param endpoint host:port of the node
   * @param consistency linearizable, or from the node's own map
   * @param parts gets each part
   */
  public void dump(String endpoint, Consistency consistency, Consumer<DumpPart> parts) {
    String address = EndpointList.parse(endpoint).get(0);
    DumpRequest question = DumpRequest.newBuilder().setConsistency(Views.wire(consistency)).build();
    calls.parts(
        address, ClusterGrpc.getDumpMethod(), question, chunk -> parts.accept(Views.dump(chunk)));
  }

  /**
   * Watches what happens to a lock, or to everything below one. Does not block, and goes on until
   * it is closed, or this object is.
   *
   * @param target what to watch
   * @param fromRevision the first revision whose events are wanted; 0 for those to come. What nodes
   *     do not remember any more is told as {@link WatchListener#resync}
   * @param listener told what happens
   * @throws IllegalStateException if this object, or its client, is closed
   */
  public Watch watch(WatchTarget target, long fromRevision, WatchListener listener) {
    return watches.begin(target, fromRevision, listener);
  }

  /**
   * Who leads an election, linearizable; empty if nobody does.
   *
   * @param election the election's lock
   */
  public Optional<Leader> leader(String election) {
    return Optional.ofNullable(elections().look(requireName(election)).leader());
  }

  /**
   * Observes an election. Does not block, and goes on until it is closed, or this object is.
   *
   * @param election the election's lock
   * @param listener told of every change
   */
  public Watch observe(String election, ElectionListener listener) {
    return elections().observe(requireName(election), listener);
  }

  private RemoteElections elections() {
    return new RemoteElections(calls, watches, revisionMin());
  }

  /** Who waits for whom; over the same connections. */
  public Waits waits() {
    return new RemoteWaits(calls);
  }

  /** Reads the files of the cluster; over the same connections. */
  public FileReader files() {
    return new RemoteFiles(calls, this::revisionMin);
  }

  /** Who held what in the past; over the same connections. */
  public OwnershipHistory history() {
    return new RemoteOwnership(calls);
  }

  /** Closes the connections; calls under way fail, and watches end. */
  @Override
  public void close() {
    watches.close();
    if (own != null) {
      own.close();
    }
  }

  private static EndpointStatus answer(String endpoint, ListenableFuture<StatusReply> asked) {
    try {
      return new EndpointStatus(endpoint, Views.status(asked.get()), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      asked.cancel(true);
      return new EndpointStatus(endpoint, null, "interrupted");
    } catch (ExecutionException e) {
      return new EndpointStatus(
          endpoint, null, GrpcProblem.sentence(Status.fromThrowable(e.getCause())));
    }
  }

  private long revisionMin() {
    return Math.max(revisionRead.get(), revisionMin.getAsLong());
  }

  private void saw(ReadLabel label) {
    revisionRead.accumulateAndGet(label.getRevision(), Math::max);
  }

  private static String requireName(String lock) {
    String problem = LockName.problemWith(lock);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return lock;
  }

  private static int requireLimit(int limit) {
    if (limit < 1 || limit > PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + PAGE + " entries, not " + limit);
    }
    return limit;
  }
}
