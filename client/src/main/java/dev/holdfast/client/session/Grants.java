package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.GrantsHeld;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What the session holds, by token, and how single grants are lost. For the session's thread; only
 * {@link #giveBack} is for any.
 */
final class Grants {
  /** More than can be under way: a session has at most so many answers that it has not taken. */
  private static final int LOST_BEFORE_KNOWN_MAX = 1_024;

  private static final String AWAY = "it ended while this client had no word from a node";

  private final Lease lease;
  private final Timers timers;
  private final SessionObserver observer;
  private final ConcurrentNavigableMap<Long, HeldGrant> byToken = new ConcurrentSkipListMap<>();

  /** What a node said last of what is held: at this revision these tokens and no others. */
  private long toldRevision = -1;

  private Set<Long> toldTokens = Set.of();

  /** Losses of grants whose answer has not arrived: it may come later, from memory. */
  private final TreeMap<Long, LossReason> lostBeforeKnown = new TreeMap<>();

  Grants(Lease lease, Timers timers, SessionObserver observer) {
    this.lease = lease;
    this.timers = timers;
    this.observer = observer;
  }

  /** Takes in a new grant, with its end if its lease is fixed. */
  void add(HeldGrant grant, LeaseEnd leaseEnd) {
    byToken.put(grant.token(), grant);
    if (hasEnded(grant.token())) {
      // Answered from memory. Whoever asked gets the grant first, and then the news.
      timers.schedule(lease.nowNanos(), () -> lose(grant.token(), LossReason.NOT_HELD, AWAY));
    }
    LossReason heardBefore = lostBeforeKnown.remove(grant.token());
    if (heardBefore != null) {
      timers.schedule(lease.nowNanos(), () -> lose(grant.token(), heardBefore, AWAY));
    }
    if (grant.hasFixedLease()) {
      grant.certainUntil(leaseEnd);
      watch(grant);
    }
  }

  /**
   * Somebody asks for the release of this token: from now on its grant is not held, and its end is
   * no loss. Any thread may say so, as often as it likes.
   *
   * @return the grant; null if there is none, or no more
   */
  @Nullable HeldGrant giveBack(long token) {
    HeldGrant grant = byToken.get(token);
    if (grant != null) {
      grant.markReleased();
    }
    return grant;
  }

  /** The grant has ended by its holder's will, or it turns out that it had ended before. */
  @Nullable HeldGrant remove(long token) {
    HeldGrant grant = take(token);
    if (grant != null) {
      observer.holdingEnded(grant, grant.heldUntilNanos(), null);
    }
    return grant;
  }

  private @Nullable HeldGrant take(long token) {
    HeldGrant grant = byToken.remove(token);
    if (grant != null) {
      stopWatching(grant);
    }
    return grant;
  }

  /** A node's word that a grant was lost; the grant's own answer may not have arrived yet. */
  void hearOfLoss(long token, LossReason reason, String detail) {
    if (byToken.containsKey(token)) {
      lose(token, reason, detail);
      return;
    }
    lostBeforeKnown.put(token, reason);
    if (lostBeforeKnown.size() > LOST_BEFORE_KNOWN_MAX) {
      lostBeforeKnown.pollFirstEntry();
    }
  }

  void lose(long token, LossReason reason, String detail) {
    HeldGrant grant = take(token);
    if (grant != null) {
      grant.lose(reason);
      observer.holdingEnded(grant, grant.heldUntilNanos(), reason);
      announce(grant, reason, detail);
    }
  }

  void loseAll(LossReason reason, String detail) {
    List<HeldGrant> all = new ArrayList<>(byToken.values());
    byToken.clear();
    all.forEach(grant -> grant.lose(reason));
    all.forEach(grant -> observer.holdingEnded(grant, grant.heldUntilNanos(), reason));
    all.forEach(grant -> announce(grant, reason, detail));
  }

  /**
   * Who gives a lock back knows that it ends: how it ended is the release's answer, and no news.
   */
  private void announce(HeldGrant grant, LossReason reason, String detail) {
    if (!grant.isGivenBack()) {
      observer.grantLost(grant, reason, detail);
    }
  }

  /** A new stamp of the cluster's clock may make fixed leases certain for longer. */
  void renewed() {
    for (HeldGrant grant : byToken.values()) {
      if (grant.hasFixedLease()) {
        grant.certainUntil(lease.fixedLeaseEnd(grant.expiresAtMillis()));
      }
    }
  }

  /**
   * A node's word of what the session holds: what it does not name, though it is recent enough to,
   * is lost. What is being extended may have another token by now, which its answer will tell.
   */
  void compareWith(GrantsHeld held) {
    if (held.getRevision() < toldRevision) {
      return;
    }
    toldRevision = held.getRevision();
    toldTokens = new HashSet<>(held.getTokensList());
    for (long token : new ArrayList<>(byToken.headMap(toldRevision, true).keySet())) {
      HeldGrant grant = byToken.get(token);
      if (grant != null && hasEnded(token) && !grant.isGivenBack() && !grant.isBeingExtended()) {
        lose(token, LossReason.NOT_HELD, AWAY);
      }
    }
  }

  private boolean hasEnded(long token) {
    return token <= toldRevision && !toldTokens.contains(token);
  }

  /** An extension was sent for the first time: from now on the cluster may count to its end. */
  void extensionSent(long token, long deadlineNanos) {
    HeldGrant grant = byToken.get(token);
    if (grant != null && grant.hasFixedLease()) {
      grant.extensionSent(deadlineNanos);
      watch(grant);
    }
  }

  /**
   * An extension came to nothing.
   *
   * @param ended whether that was because the cluster does not know the token any more
   */
  void extensionRefused(long token, boolean ended) {
    HeldGrant grant = byToken.get(token);
    if (grant == null || !grant.hasFixedLease()) {
      return;
    }
    grant.extensionRefused();
    if (ended && !grant.isBeingExtended()) {
      lose(token, LossReason.NOT_HELD, "it had ended before it could be extended");
    }
  }

  /** An extension was granted, so its token is the cluster's now, and the old one is spent. */
  void extended(long oldToken, boolean callerKnows) {
    if (callerKnows) {
      HeldGrant old = remove(oldToken);
      if (old != null) {
        old.markReleased();
      }
    } else {
      lose(oldToken, LossReason.NOT_HELD, "an extension whose caller did not wait took its place");
    }
  }

  private void watch(HeldGrant grant) {
    stopWatching(grant);
    grant.expiry = timers.schedule(grant.leaseDeadlineNanos(), () -> maybeExpire(grant));
  }

  private void stopWatching(HeldGrant grant) {
    if (grant.expiry != null) {
      timers.cancel(grant.expiry);
      grant.expiry = null;
    }
  }

  private void maybeExpire(HeldGrant grant) {
    grant.expiry = null;
    if (byToken.get(grant.token()) != grant || grant.isGivenBack()) {
      return;
    }
    if (lease.nowNanos() < grant.leaseDeadlineNanos()) {
      watch(grant);
    } else {
      lose(grant.token(), LossReason.LEASE_EXPIRED, "");
    }
  }
}
