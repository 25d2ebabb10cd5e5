package dev.holdfast.server.host;

import dev.holdfast.core.SessionInfo;
import dev.holdfast.replication.NodeId;
import dev.holdfast.server.lint.LintLimits;
import dev.holdfast.server.lint.LockOrders;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import org.jspecify.annotations.Nullable;

/**
 * Shows a node's events to {@link LockOrders}, on the apply thread. Whoever asks gets a copy, so
 * that nobody waits while it is looked through.
 */
final class LintReader {
  private final LockOrders orders;
  private @Nullable MapView map;

  LintReader(LintLimits limits) {
    orders = new LockOrders(limits, this::labelOf);
  }

  private String labelOf(long sessionId) {
    SessionInfo session = map == null ? null : map.read(machine -> machine.session(sessionId));
    return session == null ? "" : session.label();
  }

  /** The same events, looked at before they are handed on. */
  NodeEvents reading(NodeEvents events) {
    return new Reading(events);
  }

  /** Where labels are to be looked up; before anything is applied. */
  synchronized void readLabelsFrom(MapView labels) {
    map = labels;
  }

  synchronized LockOrders.Seen seen() {
    return orders.seen();
  }

  private synchronized void applied(AppliedEntry entry) {
    orders.onApplied(entry.applied(), entry.entry());
  }

  private synchronized void restored(long revision) {
    orders.onRestored(revision);
  }

  private final class Reading implements NodeEvents {
    private final NodeEvents events;

    Reading(NodeEvents events) {
      this.events = events;
    }

    @Override
    public void onApplied(AppliedEntry entry, Runnable taken) {
      applied(entry);
      events.onApplied(entry, taken);
    }

    @Override
    public void onRestored(long toRevision, long atClockMillis, long nextDeadlineMillis) {
      restored(toRevision);
      events.onRestored(toRevision, atClockMillis, nextDeadlineMillis);
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
}
