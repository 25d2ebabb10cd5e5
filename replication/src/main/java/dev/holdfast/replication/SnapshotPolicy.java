package dev.holdfast.replication;

import java.time.Duration;

/**
 * When to write a snapshot: as soon as one of these is reached and anything was applied since the
 * last one. An idle node writes none.
 *
 * @param entries entries applied since the last snapshot
 * @param bytes bytes in those entries
 * @param interval time since the last snapshot
 */
public record SnapshotPolicy(long entries, long bytes, Duration interval) {
  /** 200,000 entries, 128 MiB or an hour. */
  public static final SnapshotPolicy DEFAULT =
      new SnapshotPolicy(200_000, 128L << 20, Duration.ofHours(1));

  public SnapshotPolicy {
    if (entries < 1 || bytes < 1 || interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("a snapshot policy has positive bounds");
    }
  }
}
