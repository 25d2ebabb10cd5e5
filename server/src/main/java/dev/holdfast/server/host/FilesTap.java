package dev.holdfast.server.host;

import dev.holdfast.replication.NodeId;
import dev.holdfast.server.files.FileCopies;
import dev.holdfast.server.node.AppliedEntry;
import org.jspecify.annotations.Nullable;

/** Tells the copies of the files what the apply thread tells the node. */
record FilesTap(FileCopies copies, NodeEvents events) implements NodeEvents {
  @Override
  public void onApplied(AppliedEntry entry, Runnable taken) {
    copies.onApplied(entry);
    events.onApplied(entry, taken);
  }

  @Override
  public void onRestored(long revision, long clockMillis, long nextDeadlineMillis) {
    copies.onRestored();
    events.onRestored(revision, clockMillis, nextDeadlineMillis);
  }

  @Override
  public void beforeSnapshot() {
    events.beforeSnapshot();
  }

  @Override
  public void onLeadershipGained(long term) {
    events.onLeadershipGained(term);
  }

  @Override
  public void onLeadershipLost(long term) {
    events.onLeadershipLost(term);
  }

  @Override
  public void onLeaderChanged(@Nullable NodeId leader, long term) {
    events.onLeaderChanged(leader, term);
  }
}
