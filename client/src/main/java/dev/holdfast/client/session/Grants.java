package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.GrantsHeld;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the session holds, by token, and how single grants are lost. */
final class Grants {
  private final Lease lease;
  private final Timers timers;
  private final SessionObserver observer;
  private final TreeMap<Long, HeldGrant> byToken = new TreeMap<>();

  Grants(Lease lease, Timers timers, SessionObserver observer) {
    this.lease = lease;
    this.timers = timers;
    this.observer = observer;
  }

  /** Takes in a new grant, with {@code leaseDeadlineNanos} if its lease is fixed. */
  void add(HeldGrant grant, long leaseDeadlineNanos) {
    byToken.put(grant.token(), grant);
    if (grant.hasFixedLease()) {
      grant.leaseUntil(leaseDeadlineNanos);
      grant.expiry = timers.schedule(leaseDeadlineNanos, () -> maybeExpire(grant));
    }
  }

  @Nullable HeldGrant get(long token) {
    return byToken.get(token);
  }

  /** The grant has ended by its holder's will, or it turns out that it had ended before. */
  @Nullable HeldGrant remove(long token) {
    HeldGrant grant = byToken.remove(token);
    if (grant != null && grant.expiry != null) {
      timers.cancel(grant.expiry);
      grant.expiry = null;
    }
    return grant;
  }

  void lose(long token, LossReason reason, String detail) {
    HeldGrant grant = remove(token);
    if (grant != null) {
      grant.lose(reason);
      observer.grantLost(grant, reason, detail);
    }
  }

  void loseAll(LossReason reason, String detail) {
    List<HeldGrant> all = new ArrayList<>(byToken.values());
    byToken.clear();
    all.forEach(grant -> grant.lose(reason));
    all.forEach(grant -> observer.grantLost(grant, reason, detail));
  }

  /** A new stamp of the cluster's clock may make fixed leases certain for longer. */
  void renewed() {
    for (HeldGrant grant : byToken.values()) {
      if (grant.hasFixedLease()) {
        long deadlineNanos = lease.fixedLeaseDeadlineNanos(grant.expiresAtMillis());
        grant.leaseUntil(Math.max(grant.leaseDeadlineNanos(), deadlineNanos));
      }
    }
  }

  /** A node's word of what the session holds: what it does not name, though it is recent enough to, is lost. */
  void compareWith(GrantsHeld held) {
    Set<Long> named = new HashSet<>(held.getTokensList());
    for (long token : new ArrayList<>(byToken.headMap(held.getRevision(), true).keySet())) {
      HeldGrant grant = byToken.get(token);
      if (grant != null && !named.contains(token) && !grant.isGivenBack()) {
        lose(token, LossReason.NOT_HELD, "it ended while this client was not connected to a node");
      }
    }
  }

  private void maybeExpire(HeldGrant grant) {
    if (byToken.get(grant.token()) != grant || grant.isGivenBack()) {
      return;
    }
    if (lease.nowNanos() < grant.leaseDeadlineNanos()) {
      grant.expiry = timers.schedule(grant.leaseDeadlineNanos(), () -> maybeExpire(grant));
    } else {
      lose(grant.token(), LossReason.LEASE_EXPIRED, "");
    }
  }
}
