package dev.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to hold: one or several locks, granted all together or not at all. Immutable;
 * every method returns a changed copy.
 *
 * @param demands the locks and how they are to be held; 1 to {@value #DEMANDS_MAX}
 * @param owner who in this process asks; 1 to 128 bytes; null for a fresh owner, which no other
 *     request shares
 * @param waitAtMost how long to wait; zero: not at all; null: without limit
 * @param lease null: kept alive with the session; otherwise the grant ends by itself after this
 *     time, 1 ms or more
 * @param atLeast the locks stay reserved until so long after the grant, even if it is released or
 *     lost before; zero to one day
 * @param lockDelay the locks stay reserved for so long after the grant has ended uncleanly (session
 *     expired, lease run out, force release), so that what its holder has begun can come to an end;
 *     zero to one day
 * @param gated what the locks protect checks fencing tokens itself, so that no lock delay is needed
 * @param priority of a cycle of waiting requests the one with the lowest priority is refused
 */
public record AcquireRequest(
    List<Demand> demands,
    @Nullable String owner,
    @Nullable Duration waitAtMost,
    @Nullable Duration lease,
    Duration atLeast,
    Duration lockDelay,
    boolean gated,
    int priority) {
  /** Most locks in one request. */
  public static final int DEMANDS_MAX = 64;

  private static final int OWNER_BYTES_MAX = 128;
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final Duration LONGEST_RESERVATION = Duration.ofDays(1);

  /**
   * Refuses values out of range.
   *
   * @throws IllegalArgumentException naming the value and the range
   */
  public AcquireRequest {
    demands = List.copyOf(demands);
    if (demands.isEmpty() || demands.size() > DEMANDS_MAX) {
      throw new IllegalArgumentException(
          "a request has 1 to " + DEMANDS_MAX + " demands, not " + demands.size());
    }
    if (owner != null) {
      requireOwnerKey(owner);
    }
    requireWait(waitAtMost);
    if (lease != null) {
      requireLease(lease);
    }
    requireReservable("atLeast", atLeast);
    requireReservable("lockDelay", lockDelay);
  }

  /** With neither reservations nor a priority. */
  public AcquireRequest(
      List<Demand> demands,
      @Nullable String owner,
      @Nullable Duration waitAtMost,
      @Nullable Duration lease) {
    this(demands, owner, waitAtMost, lease, Duration.ZERO, Duration.ZERO, false, 0);
  }

  /** These locks or permits, waited for without limit, kept alive with the session. */
  public static AcquireRequest of(Demand... demands) {
    return new AcquireRequest(List.of(demands), null, null, null);
  }

  /** One lock, waited for without limit, kept alive with the session. */
  public static AcquireRequest of(String lock, Mode mode) {
    return of(new Demand(lock, mode));
  }

  /** And this lock too. */
  public AcquireRequest and(String lock, Mode mode) {
    return and(new Demand(lock, mode));
  }

  /** And this too. */
  public AcquireRequest and(Demand demand) {
    List<Demand> more = new ArrayList<>(demands);
    more.add(demand);
    return new AcquireRequest(more, owner, waitAtMost, lease, atLeast, lockDelay, gated, priority);
  }

  /** Waits no longer than this; rounded up to milliseconds on the cluster's clock. */
  public AcquireRequest waitAtMost(Duration limit) {
    return new AcquireRequest(demands, owner, limit, lease, atLeast, lockDelay, gated, priority);
  }

  /** Waits until it is granted, refused or the session is over. */
  public AcquireRequest waitForever() {
    return new AcquireRequest(demands, owner, null, lease, atLeast, lockDelay, gated, priority);
  }

  /** Asks in the name of this owner: what one owner holds does not stand in its own way. */
  public AcquireRequest owner(String key) {
    return new AcquireRequest(demands, key, waitAtMost, lease, atLeast, lockDelay, gated, priority);
  }

  /** With a fixed lease of this length, counted from the grant. */
  public AcquireRequest lease(Duration length) {
    return new AcquireRequest(
        demands, owner, waitAtMost, length, atLeast, lockDelay, gated, priority);
  }

  /**
   * Keeps others out until so long after the grant, even if it is released before: for what must
   * not happen more often than that.
   */
  public AcquireRequest atLeast(Duration length) {
    return new AcquireRequest(
        demands, owner, waitAtMost, lease, length, lockDelay, gated, priority);
  }

  /** Keeps others out for so long after an unclean end. */
  public AcquireRequest lockDelay(Duration length) {
    return new AcquireRequest(demands, owner, waitAtMost, lease, atLeast, length, gated, priority);
  }

  /** What the locks protect refuses old tokens, so others need not wait for the lock delay. */
  public AcquireRequest behindGate() {
    return new AcquireRequest(
        demands, owner, waitAtMost, lease, atLeast, lockDelay, true, priority);
  }

  /** How dear this request is in a deadlock; 0 unless said. */
  public AcquireRequest priority(int value) {
    return new AcquireRequest(demands, owner, waitAtMost, lease, atLeast, lockDelay, gated, value);
  }

  static void requireWait(@Nullable Duration waitAtMost) {
    if (waitAtMost != null && (waitAtMost.isNegative() || waitAtMost.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "waitAtMost is 0 to " + LONGEST + ", or null for ever, not " + waitAtMost);
    }
  }

  static void requireLease(Duration lease) {
    if (lease.compareTo(Duration.ofMillis(1)) < 0 || lease.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a fixed lease is 1 ms to " + LONGEST + ", not " + lease);
    }
  }

  static void requireOwnerKey(String key) {
    boolean good =
        !key.isEmpty()
            && key.length() <= OWNER_BYTES_MAX
            && key.getBytes(StandardCharsets.UTF_8).length <= OWNER_BYTES_MAX;
    if (!good) {
      throw new IllegalArgumentException(
          "an owner key is 1 to " + OWNER_BYTES_MAX + " bytes: '" + key + "'");
    }
  }

  private static void requireReservable(String what, Duration length) {
    if (length.isNegative() || length.compareTo(LONGEST_RESERVATION) > 0) {
      throw new IllegalArgumentException(
          what + " is 0 to " + LONGEST_RESERVATION + ", not " + length);
    }
  }
}
