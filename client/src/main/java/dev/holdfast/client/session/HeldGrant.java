package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A grant under a session, and whether it is held. Written by the session's thread only, except
 * that any thread may give it back; read by any. Reading looks at the clocks, so it is never too
 * late because a thread was.
 */
public final class HeldGrant {
  private final Lease lease;
  private final long token;
  private final String owner;

  /** What may be relied on: while a conversion is under way, what is held before and after it. */
  private volatile List<Demand> demands;

  /** What the cluster has granted, as far as it has told; the session's thread only. */
  private List<Demand> granted;

  private final long expiresAtMillis;

  /** {@link LeaseEnd#NONE} when kept alive with the session. */
  private volatile LeaseEnd leaseEnd = LeaseEnd.NONE;

  /**
   * While an extension is under way the cluster may know the new end already, and that may be
   * earlier than the old one; {@link Long#MAX_VALUE} otherwise.
   */
  private volatile long extensionDeadlineNanos = Long.MAX_VALUE;

  /** Extensions, conversions and hand-overs; the session's thread only. */
  private int changesUnderWay;

  /** While one is under way the receiver may hold it already. */
  private volatile int handOversUnderWay;

  private long handOverAtNanos = Long.MAX_VALUE;

  /** A conversion has put another grant in its place. */
  private volatile boolean replaced;

  /** That other grant, if whoever has this one was not there to get it. */
  private volatile @Nullable HeldGrant successor;

  /** Of a fixed lease; the session's thread only. */
  Timers.@Nullable Timer expiry;

  private final AtomicBoolean released = new AtomicBoolean();
  private volatile @Nullable LossReason loss;
  private final long grantedAtNanos;

  /** {@link Long#MAX_VALUE} until then. */
  private volatile long givenBackAtNanos = Long.MAX_VALUE;

  HeldGrant(Lease lease, long token, String owner, List<Demand> demands, long expiresAtMillis) {
    this.lease = lease;
    this.token = token;
    this.owner = owner;
    this.demands = demands;
    this.granted = demands;
    this.expiresAtMillis = expiresAtMillis;
    this.grantedAtNanos = lease.nowNanos();
  }

  /** The fencing token. */
  public long token() {
    return token;
  }

  /** Who in the session holds it. */
  public String owner() {
    return owner;
  }

  /** What is held. While a conversion is under way, only what is held both before and after it. */
  public List<Demand> demands() {
    return demands;
  }

  /** Whether it ends by itself at a fixed time. */
  public boolean hasFixedLease() {
    return expiresAtMillis != 0;
  }

  /** Whether it is held now. */
  public boolean isHeld() {
    return loss == null
        && !released.get()
        && !replaced
        && handOversUnderWay == 0
        && lease.isTrusted()
        && lease.nowNanos() < leaseDeadlineNanos();
  }

  /** Nanoseconds for which it is held without word from the cluster; 0 if it is not held. */
  public long remainingNanos() {
    if (!isHeld()) {
      return 0;
    }
    long deadlineNanos = Math.min(leaseDeadlineNanos(), lease.deadlineNanos());
    return Math.max(0, deadlineNanos - lease.nowNanos());
  }

  /** How it was lost; null if it was not, or only the clock knows so far. */
  public @Nullable LossReason loss() {
    return loss;
  }

  /**
   * How it is lost by now, looking at the clocks too; null if it is held, given back, or merely to
   * be verified after a suspend.
   */
  public @Nullable LossReason lossByNow() {
    LossReason known = loss;
    if (known != null || released.get() || replaced) {
      return known;
    }
    if (lease.nowNanos() >= leaseDeadlineNanos()) {
      return LossReason.LEASE_EXPIRED;
    }
    return lease.isExpired() ? LossReason.SESSION_LOST : null;
  }

  /**
   * From now on it is not held: somebody is about to give it back. Any thread may say so.
   *
   * @return whether this was the first to say so
   */
  public boolean markReleased() {
    // Looked at before, so that it is no later than the sending of whoever else gives it back.
    long nowNanos = lease.nowNanos();
    boolean first = released.compareAndSet(false, true);
    if (first) {
      givenBackAtNanos = nowNanos;
    }
    return first;
  }

  /** Whether its holder has given it back, or is about to; stays true. */
  public boolean isGivenBack() {
    return released.get();
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  LeaseEnd leaseEnd() {
    return leaseEnd;
  }

  long leaseDeadlineNanos() {
    return Math.min(leaseEnd.deadlineNanos(), extensionDeadlineNanos);
  }

  /** A new estimate of its end, if no extension changes that; what has run out already stays so. */
  void certainUntil(LeaseEnd estimate) {
    LeaseEnd before = leaseEnd;
    if (before.equals(LeaseEnd.NONE)) {
      leaseEnd = estimate;
    } else if (lease.nowNanos() < before.deadlineNanos()) {
      leaseEnd = before.or(estimate, lease.wallOffsetMillis());
    }
  }

  /** Whether its end is being changed, so that nobody can say which token the cluster knows. */
  boolean isBeingChanged() {
    return changesUnderWay > 0;
  }

  void extensionSent(long deadlineNanos) {
    changesUnderWay++;
    extensionDeadlineNanos = Math.min(extensionDeadlineNanos, deadlineNanos);
  }

  void conversionSent(List<Demand> changes) {
    changesUnderWay++;
    demands = Modes.common(demands, Modes.changed(granted, changes));
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the session's thread only
  void handOverSent() {
    if (handOversUnderWay == 0) {
      handOverAtNanos = lease.nowNanos();
    }
    changesUnderWay++;
    handOversUnderWay++;
  }

  /** A change came to nothing. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the session's thread only
  void changeRefused(boolean handOver) {
    changesUnderWay--;
    if (handOver) {
      handOversUnderWay--;
    }
    if (handOversUnderWay == 0) {
      handOverAtNanos = Long.MAX_VALUE;
    }
    if (changesUnderWay == 0) {
      extensionDeadlineNanos = Long.MAX_VALUE;
      demands = granted;
    }
  }

  /** It has less now, under the same token. */
  void converted(List<Demand> less) {
    granted = less;
    changeRefused(false); // nothing is left of the change
    demands = Modes.common(demands, less);
  }

  List<Demand> granted() {
    return granted;
  }

  /** Relied on is no more than this, though more is granted. */
  void relyOn(List<Demand> less) {
    demands = less;
  }

  /** A conversion has put another grant in its place. */
  void replace() {
    replaced = true;
  }

  /** Whoever has this grant has that one from now on, and need not know. */
  void continueAs(HeldGrant next) {
    successor = next;
  }

  /**
   * What has come of it: another grant with what this one had, if a conversion was granted whose
   * caller had not waited for it; otherwise this one. Any thread may ask.
   */
  public HeldGrant latest() {
    HeldGrant latest = this;
    for (HeldGrant next = successor; next != null; next = next.successor) {
      latest = next;
    }
    return latest;
  }

  /** When this client heard of the grant. */
  public long grantedAtNanos() {
    return grantedAtNanos;
  }

  /** If it is not held any more from now on: the last moment at which it was, or an earlier one. */
  long heldUntilNanos() {
    long deadlineNanos = Math.min(leaseDeadlineNanos(), lease.deadlineNanos());
    long untilNanos = Math.min(givenBackAtNanos, handOverAtNanos);
    long endNanos = Math.min(untilNanos, Math.min(deadlineNanos, lease.nowNanos()));
    return Math.max(grantedAtNanos, endNanos);
  }

  void lose(LossReason reason) {
    loss = reason;
  }
}
