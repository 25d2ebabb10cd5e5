package dev.holdfast.client.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Until when the cluster cannot have given this session up (SEMANTICS.md, section 3.6).
 *
 * <p>The session lives at the cluster for at least one TTL after the <em>sending</em> of a renewal
 * that was acknowledged, whatever happened on the way. Both clocks may differ in rate by 1 % each
 * way, hence 0.98. The monotonic clock of most systems stands still while the machine sleeps and
 * the wall clock does not, so a wall clock that ran ahead is how a sleep is noticed; it makes the
 * lease doubtful, never longer.
 *
 * <p>The session's thread writes; any thread may ask whether the lease is to be trusted, and gets
 * its answer from the clocks at that moment.
 */
final class Lease {
  /** Part of a TTL that is certain, with clocks that run alike to 1 %. */
  private static final double CERTAIN = 0.98;

  private static final int OUTSTANDING_MAX = 64;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A renewal under way. */
  private record Sending(long nonce, long atNanos, long wallOffsetMillis) {}

  /**
   * What the last acknowledged sending makes certain. Spent once its deadline was seen to pass:
   * what one thread took for lost must not be held again for another, which would have opened a
   * second session by then.
   */
  private record Certainty(
      long sentNanos, long deadlineNanos, long wallOffsetMaxMillis, boolean spent) {}

  private final NanoClock clock;
  private final WallClock wall;
  private final Deque<Sending> outstanding = new ArrayDeque<>();
  private long ttlMillis;
  private long lastNonce;
  private @Nullable Sending openSending;

  /** A moment of sending, and a stamp of the cluster's clock that is not from before it. */
  private boolean stamped;

  private long stampSentNanos;
  private long stampMillis;
  private long stampWallOffsetMillis;

  private final AtomicReference<@Nullable Certainty> certainty = new AtomicReference<>();
  private volatile boolean over;

  Lease(NanoClock clock, WallClock wall, long ttlMillis) {
    this.clock = clock;
    this.wall = wall;
    this.ttlMillis = ttlMillis;
  }

  long nowNanos() {
    return clock.nanoTime();
  }

  long ttlNanos() {
    return ttlMillis * NANOS_PER_MILLI;
  }

  /** Remembers the first sending of an attempt to open the session. */
  void openSent() {
    if (openSending == null) {
      openSending = sendingNow(0);
    }
  }

  /** The next attempt to open is a new one, under a new nonce. */
  void forgetOpen() {
    openSending = null;
  }

  /** Whether the first sending is too long ago to begin a session from it. */
  boolean openIsStale() {
    Sending sending = openSending;
    return sending != null && nowNanos() - sending.atNanos > jeopardyNanos();
  }

  void opened(long grantedTtlMillis) {
    if (grantedTtlMillis > 0) {
      ttlMillis = grantedTtlMillis;
    }
    Sending sending = openSending;
    if (sending == null) {
      throw new IllegalStateException("a session was opened that nobody asked for");
    }
    certainty.set(certaintyOf(sending));
  }

  /** The nonce of a renewal that is about to be sent. */
  long renewalSent() {
    if (outstanding.size() == OUTSTANDING_MAX) {
      outstanding.pollFirst();
    }
    outstanding.addLast(sendingNow(++lastNonce));
    return lastNonce;
  }

  /**
   * Whether the acknowledgement was one of ours, and in time: it does not bring back what is over.
   */
  boolean renewed(long nonce, long clockMillis) {
    for (Sending sending : outstanding) {
      if (sending.nonce == nonce) {
        outstanding.removeIf(each -> each.nonce <= nonce);
        Certainty before = present();
        if (before != null && before.spent) {
          return false;
        }
        if ((before == null || sending.atNanos >= before.sentNanos)
            && !certainty.compareAndSet(before, certaintyOf(sending))) {
          return false; // somebody has just seen the deadline pass
        }
        stamped = true;
        stampSentNanos = sending.atNanos;
        stampMillis = clockMillis;
        stampWallOffsetMillis = sending.wallOffsetMillis;
        return true;
      }
    }
    return false;
  }

  /** Whether the cluster's clock is known, so that ends by that clock mean something here. */
  boolean isStamped() {
    return stamped;
  }

  boolean awaitsRenewal() {
    return !outstanding.isEmpty();
  }

  /**
   * Until when a fixed lease is certain: {@code s + 0.98 (d - c)} with the last acknowledged
   * renewal, sent at s and stamped c; and in any case its length after the request was first sent,
   * as it was granted later than that.
   *
   * @param firstSentWallOffsetMillis what {@link #wallOffsetMillis} was at that sending
   */
  LeaseEnd fixedLeaseEnd(
      long firstSentNanos, long firstSentWallOffsetMillis, long leaseMillis, long expiresAtMillis) {
    LeaseEnd bySending =
        new LeaseEnd(
            certainNanosAfter(firstSentNanos, leaseMillis),
            firstSentWallOffsetMillis + toleranceMillis());
    return stamped ? bySending.or(fixedLeaseEnd(expiresAtMillis), wallOffsetMillis()) : bySending;
  }

  /** Until when a lease of this length is certain that was given after this moment. */
  long certainNanosAfter(long fromNanos, long leaseMillis) {
    // The cluster's clock shows whole milliseconds, so it may be almost one ahead of what it shows.
    return plus(fromNanos, (long) (CERTAIN * (leaseMillis - 1) * NANOS_PER_MILLI));
  }

  /** The same, by the last acknowledged renewal alone; there must have been one. */
  LeaseEnd fixedLeaseEnd(long expiresAtMillis) {
    return new LeaseEnd(
        certainNanosAfter(stampSentNanos, expiresAtMillis - stampMillis),
        stampWallOffsetMillis + toleranceMillis());
  }

  /** How far wall time is ahead of the monotonic clock, from some moment on. */
  long wallOffsetMillis() {
    return wallOffsetMillis(clock.nanoTime());
  }

  /** Wall time that ran ahead by no more than this is no sleep. */
  private long toleranceMillis() {
    return ttlMillis / 10;
  }

  void end() {
    over = true;
  }

  /** When what was acknowledged last was sent; the session must be open. */
  long renewedSinceNanos() {
    Certainty now = certainty.get();
    return now == null ? Long.MIN_VALUE : now.sentNanos;
  }

  long ttlMillis() {
    return ttlMillis;
  }

  /** Whether what was granted is held, as far as the session goes; any thread may ask. */
  boolean isTrusted() {
    Certainty now = present();
    return now != null && !over && !now.spent && !isAheadOf(now);
  }

  /** Whether the session has run out; any thread may ask. */
  boolean isExpired() {
    Certainty now = present();
    return now != null && now.spent;
  }

  /** Where the session stands; any thread may ask. */
  SessionState state() {
    Certainty now = present();
    if (now == null) {
      return SessionState.OPENING;
    }
    if (now.spent) {
      return SessionState.LOST;
    }
    boolean doubtful = clock.nanoTime() - now.sentNanos >= jeopardyNanos() || isAheadOf(now);
    return doubtful ? SessionState.JEOPARDY : SessionState.HELD;
  }

  /** Whether wall time ran ahead, as after a suspend. */
  boolean isSuspicious() {
    Certainty now = certainty.get();
    return now != null && isAheadOf(now);
  }

  /**
   * The end of certainty; {@link Long#MAX_VALUE} before the session is open. Any thread may ask.
   */
  long deadlineNanos() {
    Certainty now = certainty.get();
    return now == null ? Long.MAX_VALUE : now.deadlineNanos;
  }

  /** When silence becomes jeopardy; {@link Long#MAX_VALUE} before the session is open. */
  long jeopardyAtNanos() {
    Certainty now = certainty.get();
    return now == null ? Long.MAX_VALUE : now.sentNanos + jeopardyNanos();
  }

  private long jeopardyNanos() {
    return ttlNanos() * 2 / 3;
  }

  private boolean isAheadOf(Certainty now) {
    return wallOffsetMillis(clock.nanoTime()) > now.wallOffsetMaxMillis;
  }

  /** What is certain now; once its deadline was seen to pass, that is decided for everybody. */
  private @Nullable Certainty present() {
    while (true) {
      Certainty now = certainty.get();
      if (now == null || now.spent || clock.nanoTime() < now.deadlineNanos) {
        return now;
      }
      certainty.compareAndSet(
          now, new Certainty(now.sentNanos, now.deadlineNanos, now.wallOffsetMaxMillis, true));
    }
  }

  private Certainty certaintyOf(Sending sending) {
    return new Certainty(
        sending.atNanos,
        certainNanosAfter(sending.atNanos, ttlMillis),
        sending.wallOffsetMillis + toleranceMillis(),
        false);
  }

  private Sending sendingNow(long nonce) {
    long nowNanos = clock.nanoTime();
    return new Sending(nonce, nowNanos, wallOffsetMillis(nowNanos));
  }

  private long wallOffsetMillis(long nowNanos) {
    return wall.currentMillis() - nowNanos / NANOS_PER_MILLI;
  }

  private static long plus(long nanos, long more) {
    long sum = nanos + more;
    return more > 0 && sum < nanos ? Long.MAX_VALUE : sum;
  }
}
