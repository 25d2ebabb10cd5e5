package dev.holdfast.server.host;

import dev.holdfast.replication.NodeId;
import dev.holdfast.server.node.AppliedEntry;
import org.jspecify.annotations.Nullable;

/** Takes what the apply thread has to tell the node. Called on the apply thread; never waits. */
public interface NodeEvents {
  /**
   * As {@link dev.holdfast.server.node.NodeCore#onApplied}.
   *
   * @param taken to be run when the node has taken it in
   */
  void onApplied(AppliedEntry entry, Runnable taken);

  /** As {@link dev.holdfast.server.node.NodeCore#onRestored}. */
  void onRestored(long revision, long clockMillis, long nextDeadlineMillis);

  /**
   * The map as of a revision, or later, is about to be written as a snapshot, behind which the log
   * forgets. On another thread; may wait.
   */
  default void beforeSnapshot() {}

  /** As {@link dev.holdfast.server.node.NodeCore#onLeadershipGained}. */
  void onLeadershipGained(long term);

  /** As {@link dev.holdfast.replication.Replica#onLeadershipLost}. */
  void onLeadershipLost(long term);

  /** As {@link dev.holdfast.server.node.NodeCore#onLeaderChanged}. */
  void onLeaderChanged(@Nullable NodeId leader, long term);
}
