package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Questions that need no session, and what operators do. Safe for use by many threads; every call blocks until it is
 * answered or the request time-out is over. Calls that may go to any node try the endpoints in turn, and what only the
 * leader can serve follows the node's hint to it.
 *
 * <p>Every call may throw {@link UnavailableException} if no node answered (for a question that is all there is to it),
 * {@link OutcomeUnknownException} if a command may have been carried out all the same, {@link OverloadedException}, and
 * {@link LockRefusedException} with the node's reason. An interrupt makes a call return at once with
 * {@link OutcomeUnknownException} (commands) or {@link UnavailableException} (questions), the thread's interrupt flag
 * set.
 */
public final class HoldfastAdmin implements AutoCloseable {
  HoldfastAdmin() {}

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
    throw new UnsupportedOperationException("not yet");
  }

  /** The endpoints that were given, in their order. */
  public List<String> endpoints() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Who holds a lock and who waits for it.
   *
   * @param lock its name
   * @param consistency linearizable, or from the asked node's own map
   * @param queueLimit most waiting requests to list, 0 or more; the length is told in any case
   */
  public LockCheck check(String lock, Consistency consistency, int queueLimit) {
    throw new UnsupportedOperationException("not yet");
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
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * All of them, page by page; what changes meanwhile may or may not be seen.
   *
   * @param prefix the name's beginning; empty for all
   * @param consistency linearizable, or from the asked node's own map
   */
  public List<LockSummary> allLocks(String prefix, Consistency consistency) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * A page of the sessions, in the order of their numbers.
   *
   * @param afterSessionId sessions after this one; 0 to begin
   * @param limit 1 to 1,000
   * @param consistency linearizable, or from the asked node's own map
   */
  public SessionPage sessions(long afterSessionId, int limit, Consistency consistency) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * All of them, page by page.
   *
   * @param consistency linearizable, or from the asked node's own map
   */
  public List<SessionSummary> allSessions(Consistency consistency) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Whether a token is current for a lock.
   *
   * @param lock its name
   * @param token to be verified
   * @param consistency linearizable, or from the asked node's own map
   */
  public TokenCheck verify(String lock, FencingToken token, Consistency consistency) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * What one node says about itself.
   *
   * @param endpoint host:port; any, not only those that were given
   */
  public NodeStatus status(String endpoint) {
    throw new UnsupportedOperationException("not yet");
  }

  /** What every given endpoint says about itself, asked all at once, in the order of the endpoints. Never throws. */
  public List<EndpointStatus> statuses() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Takes a lock away from its holder. The token is burned: whoever is fenced by it is refused from then on.
   *
   * @param lock its name
   * @param token the grant's token, so that nobody else is hit
   * @param operator who does this, for the record
   * @param reason why, for the record
   * @param dryRun only tell what would happen
   */
  public ForceReleaseResult forceRelease(
      String lock, FencingToken token, String operator, String reason, boolean dryRun) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Adds a node to the cluster; it must be running and reachable.
   *
   * @param nodeId its name
   * @param peerAddress where the others reach it, host:port
   * @return the members afterwards
   */
  public List<MemberInfo> addMember(String nodeId, String peerAddress) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Takes a node out of the cluster.
   *
   * @param nodeId its name
   * @return the members afterwards
   */
  public List<MemberInfo> removeMember(String nodeId) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Takes back a node that lost its disk, under a new incarnation.
   *
   * @param nodeId its name
   * @return the members afterwards
   */
  public List<MemberInfo> replaceMember(String nodeId) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Makes another node the leader.
   *
   * @param nodeId which; empty for whichever follower has most of the log
   * @return the status of the node that was asked
   */
  public NodeStatus transferLeadership(String nodeId) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Makes a node write a snapshot now.
   *
   * @param endpoint host:port of the node
   */
  public SnapshotTaken snapshot(String endpoint) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Reads a node's map, part by part, on the calling thread. The request time-out holds between parts.
   *
   * @param endpoint host:port of the node
   * @param consistency linearizable, or from the node's own map
   * @param parts gets each part
   */
  public void dump(String endpoint, Consistency consistency, Consumer<DumpPart> parts) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Closes the connections; calls under way fail. */
  @Override
  public void close() {}
}
