package dev.holdfast.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds one lock and who waits for it, by mode. Derived from the grants, the reservations and
 * the waiting requests, never written to a snapshot, and gone as soon as there are none, and no
 * value.
 *
 * <p>By mode means by <em>effective</em> mode: a grant on {@code a/b} stands here, at {@code a},
 * with its intention. {@link #holders} and {@link #queue} have only those that name the lock
 * themselves. Permits stand in the place of a mode, and reservations among the grants.
 */
final class Lock {
  final String name;
  final Numbered<Grant> holders = new Numbered<>();
  final Numbered<Waiting> queue = new Numbered<>();

  /** Reservations that name the lock; rare, so made when needed. */
  private @Nullable Numbered<Reservation> reserved;

  @Nullable LockValue value;

  private final @Nullable Holders[] granted = new Holders[Modes.COUNT];
  private @Nullable Numbered<Waiting> @Nullable [] waiting;
  private @Nullable Numbered<Waiting> @Nullable [] converting;
  private @Nullable Numbered<Waiting> @Nullable [] parked;
  private @Nullable Numbered<Waiting> @Nullable [] parkedConversions;

  /** Parked here, and in no line, because they have passed somebody. */
  private @Nullable Numbered<Waiting> parkedPassers;

  /** Grants, reservations and waiting requests that need this. */
  private int users;

  private int parkedCount;

  /** Permits held or reserved; 0 when this is no semaphore. */
  int permitsUsed;

  /** What all users of this semaphore say its limit is; 0 when this is no semaphore. */
  int limit;

  /** Modes that stopped standing in somebody's way since the last {@link LockMap#wake}. */
  int freedModes;

  /** Whether something was taken away since the last {@link LockMap#wake}. */
  boolean touched;

  /** The grants in one mode, and how many owners have them. */
  static final class Holders extends Numbered<Grant> {
    int owners;
  }

  /** The lines in which requests are parked. */
  enum LineKind {
    /** Requests for new grants, by mode. */
    REQUESTS,
    /** Conversions, by mode: what others wait for does not hold them up. */
    CONVERSIONS,
    /** Whoever has passed another, whatever the mode. */
    PASSERS
  }

  Lock(String name) {
    this.name = name;
  }

  /** Whether somebody holds, waits for or reserves this by name. */
  boolean isNamed() {
    return !holders.isEmpty() || !queue.isEmpty() || reserved != null;
  }

  boolean isUnused() {
    return value == null && !hasUsers();
  }

  /** Whether somebody holds, waits for or reserves this or something below it. */
  boolean hasUsers() {
    return users > 0;
  }

  /** Whether anybody is parked here. */
  boolean hasParked() {
    return parkedCount > 0;
  }

  boolean isSemaphore() {
    return limit != 0;
  }

  int grantedCount(int mode) {
    Holders grants = granted[mode];
    return grants == null ? 0 : grants.size();
  }

  @Nullable Holders granted(int mode) {
    return granted[mode];
  }

  @Nullable Numbered<Waiting> waiting(int mode) {
    return at(waiting, mode);
  }

  @Nullable Numbered<Waiting> converting(int mode) {
    return at(converting, mode);
  }

  /** Whether the request with a ticket waits here, in one of a set of modes. */
  boolean hasWaiting(int modes, long ticket) {
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(modes, mode)
          && (isIn(waiting, mode, ticket) || isIn(converting, mode, ticket))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(
      @Nullable Numbered<Waiting> @Nullable [] lines, int mode, long ticket) {
    Numbered<Waiting> line = at(lines, mode);
    return line != null && line.get(ticket) != null;
  }

  /** The smallest ticket that waits here in a mode; {@link Long#MAX_VALUE} if none. */
  long firstTicket(int mode) {
    Numbered<Waiting> queued = at(waiting, mode);
    long first = queued == null ? Long.MAX_VALUE : queued.firstNumber();
    return converting == null ? first : Math.min(first, firstConverting(mode));
  }

  /** The same among conversions only. */
  long firstConverting(int mode) {
    Numbered<Waiting> queued = at(converting, mode);
    return queued == null ? Long.MAX_VALUE : queued.firstNumber();
  }

  void add(Grant grant, Need need, boolean firstOfOwner) {
    users++;
    Holders grants = granted[need.mode()];
    if (grants == null) {
      grants = new Holders();
      granted[need.mode()] = grants;
    }
    grants.put(grant.token(), grant);
    if (firstOfOwner) {
      grants.owners++;
    }
    if (need.isPermits()) {
      permitsUsed += need.permits();
      limit = need.limit();
    }
    if (need.explicit() && !grant.isReservation()) {
      holders.put(grant.token(), grant);
    }
  }

  void remove(Grant grant, Need need, boolean lastOfOwner) {
    users--;
    Holders grants = granted[need.mode()];
    if (grants != null) {
      grants.remove(grant.token());
      if (lastOfOwner) {
        grants.owners--;
      }
    }
    if (need.isPermits()) {
      permitsUsed -= need.permits();
      forgetLimitIfUnused();
    }
    if (need.explicit() && !grant.isReservation()) {
      holders.remove(grant.token());
    }
  }

  void add(Reservation reservation) {
    if (reserved == null) {
      reserved = new Numbered<>();
    }
    reserved.put(reservation.asGrant().token(), reservation);
  }

  void remove(Reservation reservation) {
    if (reserved != null) {
      reserved.remove(reservation.asGrant().token());
      if (reserved.isEmpty()) {
        reserved = null;
      }
    }
  }

  void add(Waiting request, Need need) {
    users++;
    if (request.converts()) {
      if (converting == null) {
        converting = newArray();
      }
      put(converting, need.mode(), request);
    } else {
      if (waiting == null) {
        waiting = newArray();
      }
      put(waiting, need.mode(), request);
    }
    if (need.isPermits()) {
      limit = need.limit();
    }
    if (need.explicit()) {
      queue.put(request.ticket(), request);
    }
  }

  void remove(Waiting request, Need need) {
    users--;
    Numbered<Waiting> queued = at(request.converts() ? converting : waiting, need.mode());
    if (queued != null) {
      queued.remove(request.ticket());
    }
    if (need.isPermits()) {
      forgetLimitIfUnused();
    }
    if (need.explicit()) {
      queue.remove(request.ticket());
    }
  }

  private void forgetLimitIfUnused() {
    // A semaphore has no other users.
    if (users == 0) {
      limit = 0;
    }
  }

  /** Leaves a request in a line until something that conflicts with {@code mode} is freed. */
  void park(Waiting request, LineKind kind, int mode) {
    parkedCount++;
    switch (kind) {
      case REQUESTS -> {
        if (parked == null) {
          parked = newArray();
        }
        put(parked, mode, request);
      }
      case CONVERSIONS -> {
        if (parkedConversions == null) {
          parkedConversions = newArray();
        }
        put(parkedConversions, mode, request);
      }
      case PASSERS -> {
        if (parkedPassers == null) {
          parkedPassers = new Numbered<>();
        }
        parkedPassers.put(request.ticket(), request);
      }
    }
  }

  void unpark(Waiting request, LineKind kind, int mode) {
    Numbered<Waiting> line = line(kind, mode);
    if (line != null) {
      line.remove(request.ticket());
      parkedCount--;
    }
  }

  /** The first request after {@code ticket} in a line; the mode is of no matter for passers. */
  @Nullable Waiting parkedAfter(LineKind kind, int mode, long ticket) {
    Numbered<Waiting> line = line(kind, mode);
    return line == null ? null : line.after(ticket);
  }

  private @Nullable Numbered<Waiting> line(LineKind kind, int mode) {
    return switch (kind) {
      case REQUESTS -> at(parked, mode);
      case CONVERSIONS -> at(parkedConversions, mode);
      case PASSERS -> parkedPassers;
    };
  }

  /**
   * Of the grants in the modes of a set that are not {@code owner}'s, the one with the smallest
   * token.
   */
  @Nullable Grant firstGrant(int modes, OwnerKey owner) {
    Grant first = null;
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      Numbered<Grant> grants = granted[mode];
      if (grants == null || !Modes.contains(modes, mode)) {
        continue;
      }
      Grant grant = grants.first();
      while (grant != null && grant.owner().equals(owner)) {
        grant = grants.after(grant.token());
      }
      if (grant != null && (first == null || grant.token() < first.token())) {
        first = grant;
      }
    }
    return first;
  }

  /** The owner who has all grants in the modes of a set; null if there are none or several do. */
  @Nullable OwnerKey soleOwner(int modes) {
    OwnerKey sole = null;
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      Holders grants = granted[mode];
      if (grants == null || grants.owners == 0 || !Modes.contains(modes, mode)) {
        continue;
      }
      Grant grant = grants.first();
      if (grant == null || grants.owners > 1 || (sole != null && !sole.equals(grant.owner()))) {
        return null;
      }
      sole = grant.owner();
    }
    return sole;
  }

  LockInfo info(int holderLimit, int queueLimit) {
    List<GrantInfo> holding = holders.list(holderLimit).stream().map(Grant::info).toList();
    List<WaitingInfo> first = queue.list(queueLimit).stream().map(Waiting::info).toList();
    List<ReservationInfo> reservations =
        reserved == null ? List.of() : reserved.list().stream().map(Reservation::info).toList();
    return new LockInfo(name, holding, holders.size(), first, queue.size(), reservations, value);
  }

  private static void put(@Nullable Numbered<Waiting>[] lines, int mode, Waiting request) {
    Numbered<Waiting> line = lines[mode];
    if (line == null) {
      line = new Numbered<>();
      lines[mode] = line;
    }
    line.put(request.ticket(), request);
  }

  private static @Nullable Numbered<Waiting> at(
      @Nullable Numbered<Waiting> @Nullable [] lines, int mode) {
    return lines == null ? null : lines[mode];
  }

  @SuppressWarnings("unchecked")
  private static <V> @Nullable Numbered<V>[] newArray() {
    return (Numbered<V>[]) new Numbered<?>[Modes.COUNT];
  }
}
