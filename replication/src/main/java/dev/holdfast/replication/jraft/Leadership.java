package dev.holdfast.replication.jraft;

import dev.holdfast.replication.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The leader as the apply thread has last told the replica.
 *
 * @param term its term, 0 before the first
 * @param gained whether it is this node, ready to propose
 */
record Leadership(long term, @Nullable NodeId leader, boolean gained) {
  static final Leadership NONE = new Leadership(0, null, false);
}
