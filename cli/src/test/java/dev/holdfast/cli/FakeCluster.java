package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.command.Cluster;
import dev.holdfast.client.AskToLetGoResult;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.DoorStatus;
import dev.holdfast.client.DumpPart;
import dev.holdfast.client.ElectionListener;
import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.ForceReleaseResult;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.LockPage;
import dev.holdfast.client.LockSummary;
import dev.holdfast.client.LockValue;
import dev.holdfast.client.LockWaiter;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.Mode;
import dev.holdfast.client.NodeInfo;
import dev.holdfast.client.NodeLimit;
import dev.holdfast.client.NodeStatus;
import dev.holdfast.client.ReadInfo;
import dev.holdfast.client.Refusal;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.client.SessionPage;
import dev.holdfast.client.SessionSummary;
import dev.holdfast.client.SnapshotTaken;
import dev.holdfast.client.Waits;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchTarget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cluster in memory with a few locks, which remembers what it was told to do. */
public final class FakeCluster implements Cluster {
  private static final ByteBuffer VALUE = UTF_8.encode("{\"path\":\n \"C:\\\\temp\"}");

  static final LockHolder ALICE =
      new LockHolder(
          "orders/42",
          12,
          "main",
          57,
          Mode.X,
          "host1 pid 7 alice App",
          "0b7c5f0e-0000-8000-8000-000000000001",
          12_300,
          -1,
          9_100);
  static final LockHolder BOB =
      new LockHolder(
          "orders/7",
          13,
          "worker-1",
          60,
          Mode.S,
          "host2 pid 8 bob \u001b[31mApp",
          "0b7c5f0e-0000-8000-8000-000000000002",
          900,
          29_100,
          8_000);
  static final LockHolder CAROL =
      new LockHolder(
          "orders/7",
          14,
          "worker-2",
          61,
          Mode.S,
          "host3",
          "0b7c5f0e-0000-8000-8000-000000000003",
          400,
          -1,
          7_000);
  static final LockWaiter DAVE =
      new LockWaiter("orders/42", 15, "job", "host4 pid 9 dave App", Mode.X, 58, 4_200, 1);
  static final MemberInfo N1 =
      new MemberInfo("n1", 0, "10.0.0.1:5472", "10.0.0.1:5470", true, 99, 0);
  static final MemberInfo N2 =
      new MemberInfo("n2", 1, "10.0.0.2:5472", "10.0.0.2:5470", false, 98, 40);
  static final MemberInfo N3 = new MemberInfo("n3", 0, "10.0.0.3:5472", "", false, -1, -1);

  final List<String> log = new ArrayList<>();
  List<String> endpoints = List.of("10.0.0.1:5470");
  String leader = "n1";
  public @Nullable RuntimeException failure;

  /** Done when something is asked, before it is answered or fails. */
  public Runnable whenAsked = () -> {};

  Waits waits = new FakeWaits();
  boolean unreachable;

  /** What a watch tells, at once. */
  Consumer<WatchListener> news = listener -> {};

  /** Which node answers, and how far its map is. */
  public String node = "n1";

  /** The revision of the map that answers. */
  public long revision = 99;

  /** Whether the map that answers has no grants. */
  public boolean free;

  int closed;

  static NodeStatus status(String node, String leader) {
    return new NodeStatus(
        node,
        node.equals(leader) ? "LEADER" : "FOLLOWER",
        3,
        leader,
        leader.isEmpty() ? "" : "10.0.0.1:5470",
        120,
        119,
        118,
        99,
        61,
        5_000_000,
        "3f2a9c0d11223344556677889900aabbccddeeff00112233445566778899aabb",
        4,
        2,
        1,
        leader.isEmpty() ? -1 : 30,
        List.of(N1, N2, N3),
        "0.1.0",
        5,
        700,
        900,
        List.of(new DoorStatus("grpc", "10.0.0." + node.charAt(1) + ":5470", 2, 7, 1_234)));
  }

  private ReadInfo info(Consistency consistency) {
    return new ReadInfo(consistency, revision, node, 30, 5_000_000);
  }

  private void failIfWanted() {
    whenAsked.run();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public List<String> endpoints() {
    return endpoints;
  }

  @Override
  public LockCheck check(String lock, Consistency consistency, int queueLimit) {
    failIfWanted();
    return switch (free ? "" : lock) {
      case "orders/42" ->
          new LockCheck(
              info(consistency),
              lock,
              List.of(ALICE),
              queueLimit == 0 ? List.of() : List.of(DAVE),
              1);
      case "orders/7" -> new LockCheck(info(consistency), lock, List.of(BOB, CAROL), List.of(), 0);
      case "crowd" ->
          new LockCheck(
              info(consistency), lock, List.of(BOB, CAROL), 12_000, List.of(), 0, List.of(), null);
      case "config" ->
          new LockCheck(
              info(consistency),
              lock,
              List.of(),
              0,
              List.of(),
              0,
              List.of(),
              new LockValue(VALUE, true, 57, 58));
      default -> new LockCheck(info(consistency), lock, List.of(), List.of(), 0);
    };
  }

  @Override
  public LockPage locks(String prefix, String after, int limit, Consistency consistency) {
    failIfWanted();
    log.add("locks after '" + after + "' limit " + limit);
    List<LockSummary> all =
        List.of(
            new LockSummary("orders/42", List.of(ALICE), 1),
            new LockSummary("orders/7", List.of(BOB, CAROL), 0));
    List<LockSummary> left =
        all.stream()
            .filter(
                lock -> !free && lock.lock().startsWith(prefix) && lock.lock().compareTo(after) > 0)
            .toList();
    // A page has one lock, so that every list takes several.
    return new LockPage(info(consistency), left.stream().limit(1).toList(), left.size() > 1);
  }

  @Override
  public SessionPage sessions(long afterSessionId, int limit, Consistency consistency) {
    failIfWanted();
    List<SessionSummary> left =
        List.of(
                new SessionSummary(12, "c-12", "host1 pid 7 alice App", 10_000, 9_100, 1, 0),
                new SessionSummary(13, "c-13", "host2", 30_000, 8_000, 1, 2))
            .stream()
            .filter(session -> session.sessionId() > afterSessionId)
            .toList();
    return new SessionPage(info(consistency), left.stream().limit(1).toList(), left.size() > 1);
  }

  @Override
  public NodeInfo info() {
    failIfWanted();
    return new NodeInfo(
        "n1",
        "orders",
        "0.1.0",
        "10.0.0.1:5470",
        status("n1", "n1").doors(),
        List.of(
            new NodeLimit("limits.ttl-max", 600_000, "ms", false),
            new NodeLimit("limits.sessions-max", 20_000, "", false),
            new NodeLimit("value-bytes-max", 4_096, "bytes", true)));
  }

  @Override
  public List<EndpointStatus> statuses(List<String> asked) {
    return asked.stream()
        .map(
            endpoint ->
                unreachable || endpoint.startsWith("10.0.0.9")
                    ? new EndpointStatus(endpoint, null, "connection refused")
                    : new EndpointStatus(endpoint, status("n" + endpoint.charAt(7), leader), null))
        .toList();
  }

  @Override
  public ForceReleaseResult forceRelease(
      String lock, long token, String operator, String reason, boolean dryRun) {
    failIfWanted();
    log.add(
        "force-release "
            + lock
            + " "
            + token
            + " by "
            + operator
            + " because '"
            + reason
            + "'"
            + (dryRun ? " dry" : ""));
    if (token != ALICE.token()) {
      return new ForceReleaseResult(
          false,
          new Refusal(RefusalReason.STALE_TOKEN, null, lock, ""),
          null,
          List.of(),
          List.of());
    }
    return new ForceReleaseResult(
        !dryRun, null, ALICE, List.of("orders/42", "orders/43"), List.of(DAVE));
  }

  @Override
  public AskToLetGoResult askToLetGo(String lock, long token, String operator, String reason) {
    log.add("ask " + lock + " " + token + " " + operator + " " + reason);
    return token == ALICE.token()
        ? new AskToLetGoResult(true, null, ALICE)
        : new AskToLetGoResult(false, new Refusal(RefusalReason.STALE_TOKEN, null, lock, ""), null);
  }

  @Override
  public List<MemberInfo> addMember(String nodeId, String peerAddress) {
    failIfWanted();
    log.add("add " + nodeId + " " + peerAddress);
    return List.of(N1, N2, N3);
  }

  @Override
  public List<MemberInfo> removeMember(String nodeId) {
    log.add("remove " + nodeId);
    return List.of(N1, N2);
  }

  @Override
  public List<MemberInfo> replaceMember(String nodeId) {
    log.add("replace " + nodeId);
    return List.of(N1, N2, N3);
  }

  @Override
  public NodeStatus transferLeadership(String nodeId) {
    log.add("transfer '" + nodeId + "'");
    return status("n2", "n2");
  }

  @Override
  public SnapshotTaken snapshot(String endpoint) {
    log.add("snapshot " + endpoint);
    return new SnapshotTaken(118, 4_096);
  }

  @Override
  public void dump(String endpoint, Consistency consistency, Consumer<DumpPart> parts) {
    failIfWanted();
    log.add("dump " + endpoint);
    parts.accept(new DumpPart(info(consistency), List.of(ALICE)));
    parts.accept(new DumpPart(info(consistency), List.of(CAROL, BOB)));
  }

  @Override
  public Waits waits() {
    failIfWanted();
    return waits;
  }

  @Override
  public void watch(WatchTarget target, long fromRevision, WatchListener listener) {
    log.add("watch " + target + " from " + fromRevision);
    news.accept(listener);
  }

  @Override
  public void observe(String election, ElectionListener listener) {
    log.add("observe " + election);
    listener.changed(Optional.empty());
  }

  @Override
  public dev.holdfast.client.FileReader files() {
    throw new UnsupportedOperationException("the fake cluster has no files");
  }

  @Override
  public dev.holdfast.client.OwnershipHistory history() {
    throw new UnsupportedOperationException("the fake cluster has no past");
  }

  @Override
  public void close() {
    closed++;
  }
}
