package dev.holdfast.history.check;

import org.jspecify.annotations.Nullable;

/** What is known of a session. */
final class SessionFacts {
  final long session;
  String client = "";
  long ttlMillis;
  @Nullable Step began;
  @Nullable Step ended;

  /** The latest moment after which the cluster renewed it for certain. */
  long renewedAfterNanos = NodeLog.UNKNOWN;

  int clock;
  @Nullable LocatedLine renewedBy;

  SessionFacts(long session) {
    this.session = session;
  }

  /** Something that was sent then was acknowledged. */
  void renewedAfter(long nanos, int onClock, LocatedLine by) {
    if (renewedBy == null || (onClock == clock && nanos > renewedAfterNanos)) {
      renewedAfterNanos = nanos;
      clock = onClock;
      renewedBy = by;
    }
  }
}
