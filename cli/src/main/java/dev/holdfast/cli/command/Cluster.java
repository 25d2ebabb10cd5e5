package dev.holdfast.cli.command;

import dev.holdfast.client.AskToLetGoResult;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.DumpPart;
import dev.holdfast.client.ElectionListener;
import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.FileReader;
import dev.holdfast.client.ForceReleaseResult;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockPage;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.NodeInfo;
import dev.holdfast.client.NodeStatus;
import dev.holdfast.client.OwnershipHistory;
import dev.holdfast.client.SessionPage;
import dev.holdfast.client.SnapshotTaken;
import dev.holdfast.client.Waits;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchTarget;
import java.util.List;
import java.util.function.Consumer;

/**
 * The cluster, as the commands see it. Every method blocks until it is answered or the time-out is
 * over, and throws what the client library throws ({@link dev.holdfast.client.HoldfastAdmin},
 * method by method).
 */
public interface Cluster extends AutoCloseable {
  /** The endpoints of the command line, in their order; at least one. */
  List<String> endpoints();

  /** Who holds a lock, and the first {@code queueLimit} of those who wait. */
  LockCheck check(String lock, Consistency consistency, int queueLimit);

  /** A page of at most {@code limit} locks whose names begin with the prefix, after a name. */
  LockPage locks(String prefix, String after, int limit, Consistency consistency);

  /** A page of at most {@code limit} sessions, after a number. */
  SessionPage sessions(long afterSessionId, int limit, Consistency consistency);

  /** What a node is and the limits that it works with. */
  NodeInfo info();

  /** What each of these endpoints says about itself; never throws. */
  List<EndpointStatus> statuses(List<String> endpoints);

  /** Takes a lock from its holder if the token is still current. */
  ForceReleaseResult forceRelease(
      String lock, long token, String operator, String reason, boolean dryRun);

  /** Asks a holder to let go, if the token is still current. */
  AskToLetGoResult askToLetGo(String lock, long token, String operator, String reason);

  /** Adds a running node; the members afterwards. */
  List<MemberInfo> addMember(String nodeId, String peerAddress);

  /** Takes a node out; the members afterwards. */
  List<MemberInfo> removeMember(String nodeId);

  /** Takes back a node that lost its disk; the members afterwards. */
  List<MemberInfo> replaceMember(String nodeId);

  /** Makes another node the leader; empty for any. */
  NodeStatus transferLeadership(String nodeId);

  /** Makes the node at an endpoint write a snapshot. */
  SnapshotTaken snapshot(String endpoint);

  /** Reads the map of the node at an endpoint, part by part. */
  void dump(String endpoint, Consistency consistency, Consumer<DumpPart> parts);

  /** Who waits for whom. */
  Waits waits();

  /** Watches until this object is closed; does not block. */
  void watch(WatchTarget target, long fromRevision, WatchListener listener);

  /** Observes an election until this object is closed; does not block. */
  void observe(String election, ElectionListener listener);

  /** The files of the cluster. */
  FileReader files();

  /** Who held what in the past. */
  OwnershipHistory history();

  @Override
  void close();
}
