package dev.holdfast.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds and who waits, and the one rule that decides: a request is granted when, at every lock
 * it needs, its mode is compatible with every other owner's grant and with every other owner's
 * earlier waiting request.
 *
 * <p>How it stays cheap with a hundred thousand waiters. Every lock knows, per mode, its grants and
 * its waiting requests in the order of tickets, so the rule is a handful of look-ups. A waiting
 * request stands in the queues of all its locks but is <em>parked</em> at one of those that block
 * it, and looked at again only when a mode that conflicts with it is freed there: the last grant in
 * that mode went, or a request waiting in that mode left without a grant. (A waiting request that
 * is granted frees nothing: what it blocked by its place it now blocks by its grant.) {@link #wake}
 * then walks the parked requests of the conflicting modes in the order of tickets and stops a line
 * at the first one that is still blocked at this very lock, because whatever blocks it there blocks
 * all that are parked behind it in the same mode: an earlier waiting request is earlier than those
 * too, and a grant of another owner is another owner's to them as well. The last holds only for
 * requests whose owners hold nothing at the lock; the others are parked apart and all are looked
 * at. A request of a mode that excludes itself, found blocked elsewhere, still keeps its place
 * here, so its line stops as well.
 *
 * <p>Everything here is derived from the grants and the waiting requests and rebuilt from them
 * after a snapshot was loaded. Where a request is parked then may differ from node to node; what is
 * granted cannot.
 */
final class LockMap {
  private final TreeMap<String, Lock> locks = new TreeMap<>();
  private final TreeMap<OwnerKey, Owner> owners =
      new TreeMap<>(Comparator.comparingLong(OwnerKey::sessionId).thenComparing(OwnerKey::owner));
  private final TreeMap<Long, Parking> parkings = new TreeMap<>();
  private final List<Lock> freed = new ArrayList<>();
  private int namesInUse;
  private long looks;

  /** Where a waiting request is parked. */
  private record Parking(Lock lock, int mode) {}

  /**
   * What stands in a request's way at one lock: a grant or, if there is none, an earlier request.
   */
  record Blocker(String lock, @Nullable Grant grant, @Nullable Waiting earlier) {}

  /**
   * How often a waiting request was looked at by {@link #wake}: what a test bounds, and a metric
   * shows.
   */
  long looks() {
    return looks;
  }

  /** How many locks are held or waited for by name. */
  int namesInUse() {
    return namesInUse;
  }

  @Nullable Lock lock(String name) {
    return locks.get(name);
  }

  /**
   * The locks from a name on, in the order of names, those with nothing but intentions among them.
   */
  Iterable<Lock> locksFrom(String name, boolean inclusive) {
    return locks.tailMap(name, inclusive).values();
  }

  @Nullable Owner owner(OwnerKey key) {
    return owners.get(key);
  }

  /**
   * The first of the needs, in the order of names, at which a request with this ticket is blocked;
   * null if none.
   */
  @Nullable Blocker blockerOf(OwnerKey key, List<Need> needs, long ticket) {
    Need blocked = firstBlocked(owners.get(key), needs, ticket);
    if (blocked == null) {
      return null;
    }
    Lock lock = Objects.requireNonNull(locks.get(blocked.lock()));
    int conflicts = Modes.conflictsOf(blocked.mode());
    Grant grant = lock.firstGrant(conflicts, key);
    return new Blocker(lock.name, grant, grant == null ? lock.firstWaiting(conflicts) : null);
  }

  void add(Grant grant) {
    Owner owner = owners.computeIfAbsent(grant.owner(), Owner::new);
    for (Need need : grant.needs()) {
      Lock lock = lockToUse(need);
      lock.add(grant, need);
      owner.add(grant, need);
    }
  }

  void remove(Grant grant) {
    Owner owner = Objects.requireNonNull(owners.get(grant.owner()));
    for (Need need : grant.needs()) {
      Lock lock = Objects.requireNonNull(locks.get(need.lock()));
      lock.remove(grant, need);
      owner.remove(need);
      // A count that did not fall to zero matters only to requests whose owners hold the rest of
      // it.
      markFreed(lock, lock.grantedCount(need.mode()) == 0 ? need.mode() : 0);
      countNameOut(lock, need);
    }
    dropIfUnused(owner);
  }

  /** Puts a request into the queues of its locks and parks it. It must be blocked somewhere. */
  void add(Waiting request) {
    Owner owner = owners.computeIfAbsent(request.owner(), Owner::new);
    owner.waiting = request;
    for (Need need : request.needs()) {
      lockToUse(need).add(request, need);
    }
    Need blocked = firstBlocked(owner, request.needs(), request.ticket());
    park(request, owner, Objects.requireNonNull(blocked, "a request that nothing blocks waits"));
  }

  /** Takes a request out of the queues without a grant. */
  void removeUngranted(Waiting request) {
    unqueue(request);
    for (Need need : request.needs()) {
      Lock lock = locks.get(need.lock());
      if (lock != null) {
        markFreed(lock, need.mode());
      }
    }
  }

  /**
   * Grants what has become possible since the last call, in the order of tickets. The consumer is
   * handed each request when it is already out of the queues, and must add its grant before it
   * returns.
   */
  void wake(Consumer<Waiting> grant) {
    PriorityQueue<Line> lines = new PriorityQueue<>();
    for (Lock lock : freed) {
      int conflicts = Modes.conflictsOfAll(lock.freedModes & ~1);
      lock.freedModes = 0;
      addLine(lines, lock, 0, 0);
      for (int mode = 1; mode < Modes.COUNT; mode++) {
        if (Modes.contains(conflicts, mode)) {
          addLine(lines, lock, mode, 0);
        }
      }
    }
    while (!lines.isEmpty()) {
      Line line = lines.remove();
      if (retry(line, grant)) {
        addLine(lines, line.lock, line.mode, line.head.ticket());
      }
    }
    for (Lock lock : freed) {
      lock.freedModes = 0;
      dropIfUnused(lock);
    }
    freed.clear();
  }

  /**
   * Tries the request at the head of a line; tells whether the one behind it is to be looked at.
   */
  private boolean retry(Line line, Consumer<Waiting> grant) {
    Waiting request = line.head;
    looks++;
    Owner owner = Objects.requireNonNull(owners.get(request.owner()));
    Need blocked = firstBlocked(owner, request.needs(), request.ticket());
    if (blocked == null) {
      unqueue(request);
      grant.accept(request);
      return line.mode == 0 || !Modes.excludesItself(line.mode);
    }
    park(request, owner, blocked);
    return line.mode == 0
        || (!blocked.lock().equals(line.lock.name) && !Modes.excludesItself(line.mode));
  }

  private void addLine(PriorityQueue<Line> lines, Lock lock, int mode, long afterTicket) {
    Waiting head = lock.parkedAfter(mode, afterTicket);
    if (head != null) {
      lines.add(new Line(lock, mode, head));
    }
  }

  /**
   * The parked requests of one mode at one lock, from {@code head} on. Mode 0: those whose owners
   * hold here.
   */
  private record Line(Lock lock, int mode, Waiting head) implements Comparable<Line> {
    @Override
    public int compareTo(Line other) {
      return Long.compare(head.ticket(), other.head.ticket());
    }
  }

  private @Nullable Need firstBlocked(@Nullable Owner owner, List<Need> needs, long ticket) {
    for (Need need : needs) {
      Lock lock = locks.get(need.lock());
      if (lock != null && isBlocked(lock, need.mode(), owner, ticket)) {
        return need;
      }
    }
    return null;
  }

  private boolean isBlocked(Lock lock, int mode, @Nullable Owner owner, long ticket) {
    Owner.Held own = owner == null ? null : owner.heldAt(lock.name);
    if (own != null && Modes.covers(own.joinedMode(), mode)) {
      return false;
    }
    int conflicts = Modes.conflictsOf(mode);
    for (int other = 1; other < Modes.COUNT; other++) {
      if (!Modes.contains(conflicts, other)) {
        continue;
      }
      int ownCount = own == null ? 0 : own.counts[other];
      if (lock.grantedCount(other) > ownCount || lock.firstTicket(other) < ticket) {
        return true;
      }
    }
    return false;
  }

  private void park(Waiting request, Owner owner, Need blocked) {
    unpark(request);
    Lock lock = Objects.requireNonNull(locks.get(blocked.lock()));
    lock.park(request, blocked.mode(), owner.heldAt(lock.name) != null);
    parkings.put(request.ticket(), new Parking(lock, blocked.mode()));
  }

  private void unpark(Waiting request) {
    Parking parking = parkings.remove(request.ticket());
    if (parking != null) {
      parking.lock.unpark(request, parking.mode);
    }
  }

  private void unqueue(Waiting request) {
    unpark(request);
    for (Need need : request.needs()) {
      Lock lock = Objects.requireNonNull(locks.get(need.lock()));
      lock.remove(request, need);
      countNameOut(lock, need);
      // Its grant, if one follows, comes at once; otherwise the lock may be done with.
      markFreed(lock, 0);
    }
    Owner owner = Objects.requireNonNull(owners.get(request.owner()));
    owner.waiting = null;
    dropIfUnused(owner);
  }

  private void markFreed(Lock lock, int mode) {
    if (lock.freedModes == 0) {
      freed.add(lock);
    }
    // Bit 0 says that the lock is on the list, whatever was freed.
    lock.freedModes |= 1 | Modes.bit(mode);
  }

  private Lock lockToUse(Need need) {
    Lock lock = locks.computeIfAbsent(need.lock(), Lock::new);
    if (need.explicit() && lock.holders.isEmpty() && lock.queue.isEmpty()) {
      namesInUse++;
    }
    return lock;
  }

  private void countNameOut(Lock lock, Need need) {
    if (need.explicit() && lock.holders.isEmpty() && lock.queue.isEmpty()) {
      namesInUse--;
    }
  }

  private void dropIfUnused(Lock lock) {
    if (lock.isUnused()) {
      locks.remove(lock.name, lock);
    }
  }

  private void dropIfUnused(Owner owner) {
    if (owner.isUnused()) {
      owners.remove(owner.key);
    }
  }
}
