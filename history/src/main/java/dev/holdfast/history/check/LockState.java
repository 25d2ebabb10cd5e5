package dev.holdfast.history.check;

import dev.holdfast.history.LockMode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who holds, who waits and what is reserved at a revision, and who is in whose way. */
final class LockState {
  final LockTable<Grant> held = new LockTable<>();
  final LockTable<Reservation> reserved = new LockTable<>();
  final LockTable<Waiting> queue = new LockTable<>();

  /** Those of the queue that convert a grant: they are held up by each other only. */
  final LockTable<Waiting> conversions = new LockTable<>();

  final Map<Long, Grant> heldByToken = new HashMap<>();
  final Map<Long, Waiting> waitingByTicket = new HashMap<>();
  private final Map<Long, Reservation> reservedByToken = new HashMap<>();
  private final Map<Long, Set<Long>> passedByTicket = new HashMap<>();
  private final Map<Long, Waiting> conversionOf = new HashMap<>();

  void enqueue(Waiting waiting) {
    queue.add(waiting);
    waitingByTicket.put(waiting.ticket(), waiting);
    if (waiting.converts != 0) {
      conversions.add(waiting);
      conversionOf.put(waiting.converts, waiting);
    }
  }

  @Nullable Waiting dequeue(long ticket) {
    Waiting waiting = waitingByTicket.remove(ticket);
    if (waiting != null) {
      queue.remove(waiting);
      conversions.remove(waiting);
      conversionOf.remove(waiting.converts, waiting);
    }
    return waiting;
  }

  void hold(Grant grant) {
    held.add(grant);
    heldByToken.put(grant.token(), grant);
    // What waits to convert a grant goes on with the one that extends it.
    Waiting conversion = grant.replaces == 0 ? null : conversionOf.remove(grant.replaces);
    if (conversion != null) {
      conversion.converts = grant.token();
      conversionOf.put(grant.token(), conversion);
    }
  }

  @Nullable Grant drop(long token) {
    Grant grant = heldByToken.remove(token);
    if (grant != null) {
      held.remove(grant);
    }
    return grant;
  }

  void reserve(Reservation reservation) {
    reserved.add(reservation);
    reservedByToken.put(reservation.id, reservation);
  }

  @Nullable Reservation endReservation(long token) {
    Reservation reservation = reservedByToken.remove(token);
    if (reservation != null) {
      reserved.remove(reservation);
    }
    return reservation;
  }

  /** A request that passed others has left, or its grant has been looked at. */
  void forgetPassings(long ticket) {
    passedByTicket.remove(ticket);
  }

  void pass(long ticket, long passed) {
    passedByTicket.computeIfAbsent(ticket, unused -> new HashSet<>()).add(passed);
  }

  /** The grant or reservation that is in the way of a need; null if none is known. */
  @Nullable Place holderInTheWay(OwnerKey owner, Need need, long converts) {
    if (need.isPermits()) {
      Place first = held.first(need.lock(), LockMode.PERMITS);
      first = first == null ? reserved.first(need.lock(), LockMode.PERMITS) : first;
      return permitsTaken(need, converts) + need.permits() > need.limit() ? first : null;
    }
    Place first = held.firstInTheWay(owner, need, Long.MAX_VALUE);
    return first != null ? first : reserved.firstInTheWay(owner, need, Long.MAX_VALUE);
  }

  /** The permits of a lock that are held or reserved, but for those of a grant. */
  private long permitsTaken(Need need, long converts) {
    Grant converted = converts == 0 ? null : heldByToken.get(converts);
    Need own = converted == null ? null : converted.needAt(need.lock());
    return held.permits(need.lock())
        + reserved.permits(need.lock())
        - (own == null ? 0 : own.permits());
  }

  /** The first earlier request that is in the way of a need; null if none is known. */
  @Nullable Waiting waiterInTheWay(OwnerKey owner, Need need, long ticket, boolean converts) {
    LockTable<Waiting> before = converts ? conversions : queue;
    Set<Long> passed = passedByTicket.getOrDefault(ticket, Set.of());
    return before.firstInTheWay(owner, need, ticket, passed);
  }
}
