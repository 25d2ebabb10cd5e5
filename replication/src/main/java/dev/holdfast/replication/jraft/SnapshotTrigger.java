package dev.holdfast.replication.jraft;

import dev.holdfast.replication.SnapshotPolicy;

/** Counts towards the next snapshot. Used on the apply thread only. */
final class SnapshotTrigger {
  private final SnapshotPolicy policy;
  private long entries;
  private long bytes;
  private long lastNanos;
  private boolean asked;

  SnapshotTrigger(SnapshotPolicy policy, long nowNanos) {
    this.policy = policy;
    this.lastNanos = nowNanos;
  }

  /** Returns whether a snapshot is due; says so once until {@link #onTaken}. */
  boolean onApplied(int entryBytes, long nowNanos) {
    entries++;
    bytes += entryBytes;
    if (asked) {
      return false;
    }
    asked =
        entries >= policy.entries()
            || bytes >= policy.bytes()
            || nowNanos - lastNanos >= policy.interval().toNanos();
    return asked;
  }

  /** The state was copied or replaced. */
  void onTaken(long nowNanos) {
    entries = 0;
    bytes = 0;
    lastNanos = nowNanos;
    asked = false;
  }
}
