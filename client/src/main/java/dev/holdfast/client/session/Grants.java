package dev.holdfast.client.session;

import static dev.holdfast.client.session.LeaseEnd.NONE;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.GrantsHeld;
import dev.holdfast.protocol.v1.ReceivedGrant;
import dev.holdfast.protocol.v1.RevocationRequested;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

  /** Far more than can be told again by nodes that are behind. */
  private static final int RECEIVED_BEFORE_MAX = 4_096;

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

  /** Received grants by token, the last of them; some have ended. */
  private final Set<Long> receivedBefore = new LinkedHashSet<>();

  /** Received ones with a fixed lease of which nobody can say yet when it ends. */
  private final List<ReceivedGrant> toBeDated = new ArrayList<>();

  /** From tokens of grants that go on under another one to that one. */
  private final Map<Long, Long> continuedAs = new HashMap<>();

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
      continuedAs.values().removeIf(next -> next == token);
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
    continuedAs.clear();
    toBeDated.clear();
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
    List<ReceivedGrant> dated = List.copyOf(toBeDated);
    toBeDated.clear();
    dated.forEach(this::receive);
  }

  /**
   * A node's word that another owner has handed over a grant to this session. It comes as often as
   * nodes have reason to think that it was not heard, and from nodes that are behind even after the
   * grant has ended.
   */
  void receive(ReceivedGrant told) {
    long token = told.getToken();
    if (told.getExpiresAtMillis() != 0 && !lease.isStamped()) {
      toBeDated.add(told);
      return;
    }
    if (byToken.containsKey(token) || hasEnded(token) || !receivedBefore.add(token)) {
      return;
    }
    if (receivedBefore.size() > RECEIVED_BEFORE_MAX) {
      receivedBefore.remove(receivedBefore.iterator().next());
    }
    if (lostBeforeKnown.remove(token) != null) {
      return;
    }
    HeldGrant grant =
        new HeldGrant(
            lease, token, told.getOwner(), told.getDemandsList(), told.getExpiresAtMillis());
    add(grant, grant.hasFixedLease() ? lease.fixedLeaseEnd(grant.expiresAtMillis()) : NONE);
    observer.grantReceived(grant, told.getFromSessionId(), told.getFromToken());
  }

  /** Somebody asks that a grant be given back. */
  void revocationRequested(RevocationRequested asked) {
    HeldGrant grant = byToken.get(asked.getToken());
    if (grant != null && !grant.isGivenBack()) {
      observer.revocationRequested(
          grant, asked.getBySessionId(), asked.getOperator(), asked.getDetail());
    }
  }

  /**
   * A node's word of what the session holds: what it does not name, though it is recent enough to,
   * is lost. What is being changed may have another token by now, which its answer will tell.
   */
  void compareWith(GrantsHeld held) {
    if (held.getRevision() < toldRevision) {
      return;
    }
    toldRevision = held.getRevision();
    toldTokens = new HashSet<>(held.getTokensList());
    for (long token : new ArrayList<>(byToken.headMap(toldRevision, true).keySet())) {
      HeldGrant grant = byToken.get(token);
      if (grant != null && hasEnded(token) && !grant.isGivenBack() && !grant.isBeingChanged()) {
        lose(token, LossReason.NOT_HELD, AWAY);
      }
    }
    held.getReceivedList().forEach(this::receive);
  }

  private boolean hasEnded(long token) {
    return token <= toldRevision && !toldTokens.contains(token);
  }

  /**
   * A change of a grant was sent for the first time: from now on the cluster may know the grant as
   * it is to be.
   */
  void changeSent(Action action, long sentNanos) {
    if (action instanceof Action.ExtendGrant extend) {
      HeldGrant grant = byToken.get(extend.token());
      if (grant != null && grant.hasFixedLease()) {
        grant.extensionSent(lease.certainNanosAfter(sentNanos, extend.leaseMillis()));
        watch(grant);
      }
    } else if (action instanceof Action.ConvertGrant convert) {
      HeldGrant grant = byToken.get(convert.token());
      if (grant != null) {
        grant.conversionSent(convert.changes());
      }
    } else if (action instanceof Action.HandOverGrant handOver) {
      HeldGrant grant = byToken.get(handOver.token());
      if (grant != null) {
        grant.handOverSent();
      }
    }
  }

  /**
   * A change came to nothing.
   *
   * @param ended whether that was because the cluster does not know the token any more
   */
  void changeRefused(Action action, boolean ended) {
    if (action instanceof Action.ExtendGrant extend) {
      HeldGrant grant = byToken.get(extend.token());
      if (grant != null && grant.hasFixedLease()) {
        changeRefused(grant, false, ended);
      }
    } else if (action instanceof Action.ConvertGrant convert) {
      HeldGrant grant = byToken.get(convert.token());
      if (grant != null) {
        changeRefused(grant, false, ended);
      }
    } else if (action instanceof Action.HandOverGrant handOver) {
      HeldGrant grant = byToken.get(handOver.token());
      if (grant != null) {
        changeRefused(grant, true, ended);
      }
    }
  }

  private void changeRefused(HeldGrant grant, boolean handOver, boolean ended) {
    grant.changeRefused(handOver);
    // A node may have said so while the change was under way, and was not believed then.
    boolean endedMeanwhile = hasEnded(grant.token());
    if ((ended || endedMeanwhile) && !grant.isBeingChanged()) {
      // Later, because the same frame may tell how it ended.
      String detail = ended ? "it had ended before it could be changed" : AWAY;
      timers.schedule(lease.nowNanos(), () -> lose(grant.token(), LossReason.NOT_HELD, detail));
    }
  }

  /** A conversion is done. */
  CallResult.Converted converted(Action.ConvertGrant convert, long token, long expiresAtMillis) {
    HeldGrant before = byToken.get(convert.token());
    List<Demand> demands =
        Modes.changed(before == null ? convert.demands() : before.granted(), convert.changes());
    if (before == null) {
      // It was lost meanwhile; so is what came of it, unless that is a new grant.
      before = new HeldGrant(lease, convert.token(), convert.owner(), demands, expiresAtMillis);
      before.lose(LossReason.NOT_HELD);
      if (before.hasFixedLease()) {
        // Without a stamp nobody can say when it ends; so it is over.
        before.certainUntil(
            lease.isStamped()
                ? lease.fixedLeaseEnd(expiresAtMillis)
                : new LeaseEnd(lease.nowNanos(), Long.MAX_VALUE));
      }
    } else if (token == before.token()) {
      before.converted(demands);
    }
    if (token == before.token()) {
      return new CallResult.Converted(before, before);
    }
    HeldGrant next = new HeldGrant(lease, token, convert.owner(), demands, expiresAtMillis);
    LeaseEnd leaseEnd =
        expiresAtMillis == before.expiresAtMillis() || !lease.isStamped()
            ? before.leaseEnd()
            : lease.fixedLeaseEnd(expiresAtMillis);
    take(before.token());
    before.replace();
    if (before.loss() == null) {
      observer.holdingEnded(before, before.heldUntilNanos(), null);
    }
    add(next, leaseEnd);
    return new CallResult.Converted(before, next);
  }

  /**
   * Whoever asked for a conversion is not there to get the new grant: it goes on as what there was
   * before.
   *
   * @return false if that cannot be, and the new grant is to be given back
   */
  boolean continueAs(HeldGrant before, HeldGrant next) {
    boolean more = Modes.covers(next.granted(), before.granted());
    if (!more || before.isGivenBack() || before.loss() != null) {
      return false;
    }
    next.relyOn(before.granted());
    continuedAs.replaceAll((old, now) -> now == before.token() ? next.token() : now);
    continuedAs.put(before.token(), next.token());
    before.continueAs(next);
    observer.grantContinued(before, next);
    if (before.isGivenBack()) {
      next.markReleased(); // said in this very moment; the release will follow the token
    }
    return true;
  }

  /** The same action upon the grant as which another one goes on. */
  Action follow(Action action) {
    if (continuedAs.isEmpty()) {
      return action;
    }
    if (action instanceof Action.ReleaseGrant release) {
      return new Action.ReleaseGrant(latest(release.token()));
    }
    if (action instanceof Action.ExtendGrant extend) {
      return new Action.ExtendGrant(
          extend.owner(), extend.demands(), latest(extend.token()), extend.leaseMillis());
    }
    if (action instanceof Action.ConvertGrant convert) {
      return new Action.ConvertGrant(
          convert.owner(),
          convert.demands(),
          convert.changes(),
          latest(convert.token()),
          convert.patience(),
          convert.priority());
    }
    if (action instanceof Action.HandOverGrant handOver) {
      return new Action.HandOverGrant(
          handOver.owner(), latest(handOver.token()), handOver.toSessionId(), handOver.toOwner());
    }
    if (action instanceof Action.WriteFile write) {
      return new Action.WriteFile(
          write.owner(), latest(write.token()), write.file(), write.data(), write.rollBack());
    }
    return action instanceof Action.SetLockValue setValue
        ? new Action.SetLockValue(
            setValue.owner(), latest(setValue.token()), setValue.lock(), setValue.value())
        : action;
  }

  private long latest(long token) {
    return continuedAs.getOrDefault(token, token);
  }

  /** A grant is another owner's now. */
  void handedOver(long token) {
    HeldGrant grant = take(token);
    if (grant != null) {
      observer.holdingEnded(grant, grant.heldUntilNanos(), null);
      grant.markReleased();
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
