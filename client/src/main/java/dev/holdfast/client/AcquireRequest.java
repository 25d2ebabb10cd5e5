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
 */
public record AcquireRequest(
    List<Demand> demands,
    @Nullable String owner,
    @Nullable Duration waitAtMost,
    @Nullable Duration lease) {
  /** Most locks in one request. */
  public static final int DEMANDS_MAX = 64;

  private static final int OWNER_BYTES_MAX = 128;
  private static final Duration LONGEST = Duration.ofDays(3650);

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
    if (owner != null && !isOwnerKey(owner)) {
      throw new IllegalArgumentException(
          "an owner key is 1 to " + OWNER_BYTES_MAX + " bytes: '" + owner + "'");
    }
    if (waitAtMost != null && (waitAtMost.isNegative() || waitAtMost.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "waitAtMost is 0 to " + LONGEST + ", or null for ever, not " + waitAtMost);
    }
    if (lease != null && (lease.toMillis() < 1 || lease.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException("a fixed lease is 1 ms to " + LONGEST + ", not " + lease);
    }
  }

  /** One lock, waited for without limit, kept alive with the session. */
  public static AcquireRequest of(String lock, Mode mode) {
    return new AcquireRequest(List.of(new Demand(lock, mode)), null, null, null);
  }

  /** And this lock too. */
  public AcquireRequest and(String lock, Mode mode) {
    List<Demand> more = new ArrayList<>(demands);
    more.add(new Demand(lock, mode));
    return new AcquireRequest(more, owner, waitAtMost, lease);
  }

  /** Waits no longer than this; rounded up to milliseconds on the cluster's clock. */
  public AcquireRequest waitAtMost(Duration limit) {
    return new AcquireRequest(demands, owner, limit, lease);
  }

  /** Waits until it is granted, refused or the session is over. */
  public AcquireRequest waitForever() {
    return new AcquireRequest(demands, owner, null, lease);
  }

  /** Asks in the name of this owner: what one owner holds does not stand in its own way. */
  public AcquireRequest owner(String key) {
    return new AcquireRequest(demands, key, waitAtMost, lease);
  }

  /** With a fixed lease of this length, counted from the grant. */
  public AcquireRequest lease(Duration length) {
    return new AcquireRequest(demands, owner, waitAtMost, length);
  }

  private static boolean isOwnerKey(String key) {
    return !key.isEmpty()
        && key.length() <= OWNER_BYTES_MAX
        && key.getBytes(StandardCharsets.UTF_8).length <= OWNER_BYTES_MAX;
  }
}
