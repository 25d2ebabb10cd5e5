package dev.holdfast.replication.peer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When a peer was last heard on the connection to it, whichever of its streams it used: one sign of
 * life is enough for all of them. Safe for use by many threads.
 */
final class Pulse {
  static final long PING_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(800);
  static final long SILENCE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile long lastHeardNanos = System.nanoTime();

  void heard() {
    lastHeardNanos = System.nanoTime();
    if (asked.get()) {
      asked.set(false);
    }
  }

  /** Whether the peer is to be asked for a sign of life; says so once for each silence. */
  boolean shouldAsk(long nowNanos) {
    return nowNanos - lastHeardNanos >= PING_AFTER_NANOS && asked.compareAndSet(false, true);
  }

  /** Whether the peer is taken to be cut off. */
  boolean isLost(long nowNanos) {
    return nowNanos - lastHeardNanos >= SILENCE_MAX_NANOS;
  }
}
