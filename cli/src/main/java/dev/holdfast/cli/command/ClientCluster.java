package dev.holdfast.cli.command;

import dev.holdfast.client.AskToLetGoResult;
import dev.holdfast.client.ClientTls;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.DumpPart;
import dev.holdfast.client.ElectionListener;
import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.FileReader;
import dev.holdfast.client.ForceReleaseResult;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockPage;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.NodeInfo;
import dev.holdfast.client.NodeStatus;
import dev.holdfast.client.OwnershipHistory;
import dev.holdfast.client.SessionPage;
import dev.holdfast.client.SnapshotTaken;
import dev.holdfast.client.Waits;
import dev.holdfast.client.Watch;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchTarget;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The real cluster, through the client library. */
final class ClientCluster implements Cluster {
  private final HoldfastAdmin admin;
  private final Duration timeout;
  private final @Nullable ClientTls tls;

  ClientCluster(String endpoints, Duration timeout) {
    this(endpoints, timeout, null);
  }

  ClientCluster(String endpoints, Duration timeout, @Nullable ClientTls tls) {
    this.admin = HoldfastAdmin.connect(endpoints, timeout, tls);
    this.timeout = timeout;
    this.tls = tls;
  }

  @Override
  public List<String> endpoints() {
    return admin.endpoints();
  }

  @Override
  public LockCheck check(String lock, Consistency consistency, int queueLimit) {
    return admin.check(lock, consistency, queueLimit);
  }

  @Override
  public LockPage locks(String prefix, String after, int limit, Consistency consistency) {
    return admin.locks(prefix, after, limit, consistency);
  }

  @Override
  public SessionPage sessions(long afterSessionId, int limit, Consistency consistency) {
    return admin.sessions(afterSessionId, limit, consistency);
  }

  @Override
  public NodeInfo info() {
    return admin.info();
  }

  @Override
  public List<EndpointStatus> statuses(List<String> endpoints) {
    if (endpoints.equals(admin.endpoints())) {
      return admin.statuses();
    }
    try (HoldfastAdmin others = HoldfastAdmin.connect(String.join(",", endpoints), timeout, tls)) {
      return others.statuses();
    }
  }

  @Override
  public ForceReleaseResult forceRelease(
      String lock, long token, String operator, String reason, boolean dryRun) {
    return admin.forceRelease(lock, new FencingToken(token), operator, reason, dryRun);
  }

  @Override
  public AskToLetGoResult askToLetGo(String lock, long token, String operator, String reason) {
    return admin.askToLetGo(lock, new FencingToken(token), operator, reason);
  }

  @Override
  public List<MemberInfo> addMember(String nodeId, String peerAddress) {
    return admin.addMember(nodeId, peerAddress);
  }

  @Override
  public List<MemberInfo> removeMember(String nodeId) {
    return admin.removeMember(nodeId);
  }

  @Override
  public List<MemberInfo> replaceMember(String nodeId) {
    return admin.replaceMember(nodeId);
  }

  @Override
  public NodeStatus transferLeadership(String nodeId) {
    return admin.transferLeadership(nodeId);
  }

  @Override
  public SnapshotTaken snapshot(String endpoint) {
    return admin.snapshot(endpoint);
  }

  @Override
  public void dump(String endpoint, Consistency consistency, Consumer<DumpPart> parts) {
    admin.dump(endpoint, consistency, parts);
  }

  @Override
  public Waits waits() {
    return admin.waits();
  }

  @Override
  public void watch(WatchTarget target, long fromRevision, WatchListener listener) {
    Watch _ = admin.watch(target, fromRevision, listener);
  }

  @Override
  public void observe(String election, ElectionListener listener) {
    Watch _ = admin.observe(election, listener);
  }

  @Override
  public FileReader files() {
    return admin.files();
  }

  @Override
  public OwnershipHistory history() {
    return admin.history();
  }

  @Override
  public void close() {
    admin.close();
  }
}
