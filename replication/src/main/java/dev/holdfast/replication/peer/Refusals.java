package dev.holdfast.replication.peer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The peers that turn this process away because another one runs under the same id. One refusal
 * says little: the other may be this node's own past, which the peer has not noticed the end of. A
 * refusal that is repeated for {@link #PATIENCE_NANOS} is of a process that lives. Safe for use by
 * many threads.
 */
final class Refusals {
  /** Twice the time in which a peer notices that a process is gone. */
  static final long PATIENCE_NANOS = 2 * Incumbents.SILENCE_MAX_NANOS;

  /** A refusal counts for so long: whoever still refuses says so again at each attempt. */
  static final long VALID_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

  private final Map<Peer, Refusal> refusals = new HashMap<>();

  synchronized void refused(Peer peer, String reason, long nowNanos) {
    Refusal before = refusals.get(peer);
    long since = before == null || before.isOver(nowNanos) ? nowNanos : before.sinceNanos;
    refusals.put(peer, new Refusal(since, nowNanos, reason));
    notifyAll();
  }

  synchronized void welcomed(Peer peer) {
    refusals.remove(peer);
    notifyAll();
  }

  /** Whether somebody turns this process away now. */
  synchronized boolean any(long nowNanos) {
    return refusals.values().stream().anyMatch(refusal -> !refusal.isOver(nowNanos));
  }

  /** Who has done so for too long and why, for people. */
  synchronized Optional<String> lasting() {
    return refusals.entrySet().stream()
        .filter(each -> each.getValue().lasts())
        .map(each -> each.getKey() + " hears " + each.getValue().reason)
        .sorted()
        .findFirst();
  }

  /**
   * Waits until nobody turns this process away.
   *
   * @return what {@link #lasting} says, if somebody goes on doing so
   */
  synchronized Optional<String> awaitNone() throws InterruptedException {
    Optional<String> lasting = lasting();
    while (lasting.isEmpty() && any(System.nanoTime())) {
      TimeUnit.NANOSECONDS.timedWait(this, VALID_NANOS / 4);
      lasting = lasting();
    }
    return lasting;
  }

  private record Refusal(long sinceNanos, long lastNanos, String reason) {
    boolean isOver(long nowNanos) {
      return nowNanos - lastNanos >= VALID_NANOS;
    }

    boolean lasts() {
      return lastNanos - sinceNanos >= PATIENCE_NANOS;
    }
  }
}
