package dev.holdfast.server.node;

import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.Role;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node is a good place for clients: not if it has had no word of a leader for a
 * second, and not if its map is more than a second behind what the leader had applied.
 */
final class LeaderWatch {
  static final long PATIENCE_NANOS = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private @Nullable NodeId leader;
  private Role role = Role.STARTING;
  private long heardAtNanos;
  private boolean everHeard;
  private long targetIndex;
  private long targetSinceNanos;
  private boolean hasTarget;
  private long appliedIndex;

  /** A node that has just started is given the same second. */
  LeaderWatch(long startedAtNanos) {
    this.heardAtNanos = startedAtNanos;
  }

  void onStatus(LogStatus status, long nowNanos) {
    role = status.role();
    if (status.leaderSilenceMillis() != Long.MAX_VALUE) {
      everHeard = true;
      long heard = nowNanos - status.leaderSilenceMillis() * NANOS_PER_MILLI;
      heardAtNanos = Math.max(heardAtNanos - heard, 0) + heard;
    }
  }

  void onLeaderChanged(@Nullable NodeId newLeader, long nowNanos) {
    leader = newLeader;
    hasTarget = false;
    if (newLeader != null) {
      heardAtNanos = nowNanos;
      everHeard = true;
    }
  }

  void onApplied(long index) {
    appliedIndex = Math.max(appliedIndex, index);
    hasTarget = hasTarget && appliedIndex < targetIndex;
  }

  /** The leader has said how far it has applied. */
  void onLeaderAnnounced(long leaderAppliedIndex, long nowNanos) {
    if (!hasTarget && leaderAppliedIndex > appliedIndex) {
      hasTarget = true;
      targetIndex = leaderAppliedIndex;
      targetSinceNanos = nowNanos;
    }
  }

  @Nullable NodeId leader() {
    return leader;
  }

  Role role() {
    return role;
  }

  long appliedIndex() {
    return appliedIndex;
  }

  boolean isCutOff(long nowNanos) {
    return nowNanos - heardAtNanos > PATIENCE_NANOS;
  }

  boolean isBehind(long nowNanos) {
    return hasTarget && nowNanos - targetSinceNanos > PATIENCE_NANOS;
  }

  /** How long ago this node had word of a leader; -1 if never. */
  long heardMillisAgo(long nowNanos) {
    return everHeard ? Math.max(0, (nowNanos - heardAtNanos) / NANOS_PER_MILLI) : -1;
  }
}
