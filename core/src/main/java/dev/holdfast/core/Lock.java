package dev.holdfast.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds one lock and who waits for it, by mode. Derived from the grants and the waiting
 * requests, never written to a snapshot, and gone as soon as nobody holds or waits.
 *
 * <p>By mode means by <em>effective</em> mode: a grant on {@code a/b} stands here, at {@code a},
 * with its intention. {@link #holders} and {@link #queue} have only those that name the lock
 * themselves.
 */
final class Lock {
  final String name;
  final Numbered<Grant> holders = new Numbered<>();
  final Numbered<Waiting> queue = new Numbered<>();

  private final @Nullable Numbered<Grant>[] granted = newArray();
  private @Nullable Numbered<Waiting> @Nullable [] waiting;
  private @Nullable Numbered<Waiting> @Nullable [] parked;

  /** Parked here although their owners hold something here: re-tried whenever anything goes. */
  private @Nullable Numbered<Waiting> parkedHolders;

  /** Modes that stopped standing in somebody's way since the last {@link LockMap#wake}. */
  int freedModes;

  Lock(String name) {
    this.name = name;
  }

  boolean isUnused() {
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (grantedCount(mode) > 0 || firstTicket(mode) != Long.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  int grantedCount(int mode) {
    Numbered<Grant> grants = granted[mode];
    return grants == null ? 0 : grants.size();
  }

  /** The smallest ticket that waits here in a mode; {@link Long#MAX_VALUE} if none. */
  long firstTicket(int mode) {
    Numbered<Waiting> queued = at(waiting, mode);
    return queued == null ? Long.MAX_VALUE : queued.firstNumber();
  }

  void add(Grant grant, Need need) {
    Numbered<Grant> grants = granted[need.mode()];
    if (grants == null) {
      grants = new Numbered<>();
      granted[need.mode()] = grants;
    }
    grants.put(grant.token(), grant);
    if (need.explicit()) {
      holders.put(grant.token(), grant);
    }
  }

  void remove(Grant grant, Need need) {
    Numbered<Grant> grants = granted[need.mode()];
    if (grants != null) {
      grants.remove(grant.token());
    }
    if (need.explicit()) {
      holders.remove(grant.token());
    }
  }

  void add(Waiting request, Need need) {
    if (waiting == null) {
      waiting = newArray();
    }
    put(waiting, need.mode(), request);
    if (need.explicit()) {
      queue.put(request.ticket(), request);
    }
  }

  void remove(Waiting request, Need need) {
    Numbered<Waiting> queued = at(waiting, need.mode());
    if (queued != null) {
      queued.remove(request.ticket());
    }
    if (need.explicit()) {
      queue.remove(request.ticket());
    }
  }

  /** Leaves a request here until a mode that conflicts with {@code mode} is freed. */
  void park(Waiting request, int mode, boolean ownerHoldsHere) {
    if (ownerHoldsHere) {
      if (parkedHolders == null) {
        parkedHolders = new Numbered<>();
      }
      parkedHolders.put(request.ticket(), request);
      return;
    }
    if (parked == null) {
      parked = newArray();
    }
    put(parked, mode, request);
  }

  void unpark(Waiting request, int mode) {
    Numbered<Waiting> byMode = at(parked, mode);
    if (byMode != null) {
      byMode.remove(request.ticket());
    }
    if (parkedHolders != null) {
      parkedHolders.remove(request.ticket());
    }
  }

  /**
   * The first request parked in {@code mode} after {@code ticket}; mode 0 means those whose owners
   * hold here.
   */
  @Nullable Waiting parkedAfter(int mode, long ticket) {
    Numbered<Waiting> line = mode == 0 ? parkedHolders : at(parked, mode);
    return line == null ? null : line.after(ticket);
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

  /** Of the requests that wait in the modes of a set, the one with the smallest ticket. */
  @Nullable Waiting firstWaiting(int modes) {
    Waiting first = null;
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      Numbered<Waiting> queued = Modes.contains(modes, mode) ? at(waiting, mode) : null;
      Waiting request = queued == null ? null : queued.first();
      if (request != null && (first == null || request.ticket() < first.ticket())) {
        first = request;
      }
    }
    return first;
  }

  LockInfo info(int queueLimit) {
    List<GrantInfo> holding = holders.list().stream().map(Grant::info).toList();
    List<WaitingInfo> first = queue.list(queueLimit).stream().map(Waiting::info).toList();
    return new LockInfo(name, holding, first, queue.size());
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
