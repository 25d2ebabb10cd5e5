package dev.holdfast.server.host;

import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.server.node.AppliedEntry;

/**
 * Hears what a running node does and how long it takes, for those who count. Called on whatever
 * thread does it, which must not be made to wait.
 */
public interface NodeMeter {
  /** Nobody counts. */
  NodeMeter NONE = new NodeMeter() {};

  /** The time as of {@link System#nanoTime}; always 0 if nobody counts, since asking costs. */
  default long nanoTime() {
    return 0;
  }

  /** An entry of this node went to the log. */
  default void onProposed() {}

  /** It is known, or known to stay unknown, whether that entry is in the log. */
  default void onProposalEnded(ProposalOutcome outcome, long nanos) {}

  /** The map has applied an entry; nobody was told of it yet. */
  default void onApplied(AppliedEntry entry, long nanos) {}

  /** Commands of this node's clients went to the leader. */
  default void onForwarded(int commands) {}

  /** Commands of another node's clients have arrived here. */
  default void onForwardTaken(int commands) {}
}
