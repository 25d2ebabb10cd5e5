package dev.holdfast.server.host;

import dev.holdfast.replication.NodeId;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import dev.holdfast.server.ownership.OwnershipRecorder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells the ownership history what the apply thread tells the node. */
record OwnershipTap(OwnershipRecorder recorder, NodeEvents events, Supplier<MapView> map)
    implements NodeEvents {
  @Override
  public void onApplied(AppliedEntry entry, Runnable taken) {
    recorder.onApplied(entry);
    events.onApplied(entry, taken);
  }

  @Override
  public void onRestored(long revision, long clockMillis, long nextDeadlineMillis) {
    recorder.onRestored(revision, clockMillis, map.get());
    events.onRestored(revision, clockMillis, nextDeadlineMillis);
  }

  @Override
  public void beforeSnapshot() {
    recorder.sync();
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
