package dev.holdfast.core;

import dev.holdfast.core.Lock.LineKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds and who waits, and the one rule that decides: a request is granted when, at every lock
 * it needs, its mode is compatible with every other owner's grant and with every other owner's
 * earlier waiting request. Conversions heed grants and earlier conversions only, and nobody heeds a
 * request that it has passed.
 *
 * <p>How it stays cheap with a hundred thousand waiters. Every lock knows, per mode, its grants and
 * its waiting requests in the order of tickets, so the rule is a handful of look-ups. A waiting
 * request stands in the queues of all its locks but is <em>parked</em> at one of those that block
 * it, and looked at again only when a mode that conflicts with it is freed there: the last owner in
 * that mode went, or a request waiting in that mode left without a grant. (A waiting request that
 * is granted frees nothing: what it blocked by its place it now blocks by its grant. Permits are
 * different: a grant of some leaves the others, so they are freed also by a grant.) {@link #wake}
 * then walks the parked requests of the conflicting modes in the order of tickets and stops a line
 * at the first one that is still blocked at this very lock, because whatever blocks it there blocks
 * all that are parked behind it in the same mode: an earlier waiting request is earlier than those
 * too, and a grant of another owner is another owner's to them as well. A request of a mode that
 * excludes itself, found blocked elsewhere, still keeps its place here, so its line stops as well.
 *
 * <p>"Another owner's to them as well" is wrong for one request at most: that of the owner who has
 * all the grants that are in the line's way, if there is just one. So a lock counts the owners of
 * each mode, a mode counts as freed also when the only owner left in it waits, and where a line
 * stops, that owner's request is looked at by itself. And "earlier than those too" is wrong for
 * requests that have passed somebody: they stand apart, and all of them are looked at.
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
  private final TreeMap<Long, TreeSet<Long>> passedBy = new TreeMap<>();
  private final List<Lock> freed = new ArrayList<>();
  private final List<Lock> touched = new ArrayList<>();
  private final List<Waiting> toLookAt = new ArrayList<>();
  private int namesInUse;
  private long looks;
  private long needLooks;

  /** Where a waiting request is parked. */
  private record Parking(Lock lock, LineKind kind, int mode) {
    boolean isIn(Line line) {
      return lock == line.lock
          && kind == line.kind
          && (kind == LineKind.PASSERS || mode == line.mode);
    }
  }

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

  /** How many needs were looked at, each at its own lock, whoever else is there. */
  long needLooks() {
    return needLooks;
  }

  /** How many locks are held, waited for or reserved by name. */
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

  /** The tickets of the waiting requests after one, in their order. */
  Iterable<Long> waitingAfter(long ticket) {
    return parkings.tailMap(ticket, false).keySet();
  }

  @Nullable Owner owner(OwnerKey key) {
    return owners.get(key);
  }

  /** Whether anything is in a request's way. */
  boolean isBlocked(Waiting request) {
    return firstBlocked(owners.get(request.owner()), request) != null;
  }

  /** Whether anything is in the way of one of a waiting request's needs. */
  boolean isBlockedAt(Need need, Waiting request) {
    Lock lock = Objects.requireNonNull(locks.get(need.lock()));
    return isBlocked(lock, need, owners.get(request.owner()), request);
  }

  /** The first need, in the order of names, at which a request is blocked; null if none is. */
  @Nullable Blocker blockerOf(Waiting request) {
    Need blocked = firstBlocked(owners.get(request.owner()), request);
    if (blocked == null) {
      return null;
    }
    Lock lock = Objects.requireNonNull(locks.get(blocked.lock()));
    int conflicts = Modes.conflictsOf(blocked.mode());
    Owner owner = owners.get(request.owner());
    Grant grant =
        blocked.isPermits() && permitsFit(lock, blocked, owner)
            ? null
            : lock.firstGrant(conflicts, request.owner());
    return new Blocker(
        lock.name, grant, grant == null ? firstEarlier(lock, conflicts, request) : null);
  }

  /** The first of the needs at which a grant is in an owner's way, whoever waits; null if none. */
  @Nullable Blocker grantInTheWay(OwnerKey key, List<Need> needs) {
    Owner owner = owners.get(key);
    for (Need need : needs) {
      Lock lock = locks.get(need.lock());
      if (lock != null && isHeldAgainst(lock, need, owner)) {
        Grant grant = lock.firstGrant(Modes.conflictsOf(need.mode()), key);
        return new Blocker(lock.name, grant, null);
      }
    }
    return null;
  }

  void add(Grant grant) {
    Owner owner = owners.computeIfAbsent(grant.owner(), Owner::new);
    for (Need need : grant.needs()) {
      needLooks++;
      Lock lock = lockToUse(need);
      lock.add(grant, need, owner.add(grant, need));
    }
  }

  /** Tells what request its owner has waiting. */
  @Nullable Waiting remove(Grant grant) {
    Owner owner = Objects.requireNonNull(owners.get(grant.owner()));
    for (Need need : grant.needs()) {
      needLooks++;
      Lock lock = Objects.requireNonNull(locks.get(need.lock()));
      boolean lastOfOwner = owner.remove(need);
      lock.remove(grant, need, lastOfOwner);
      touch(lock);
      if (need.isPermits() || (lastOfOwner && matters(lock, need.mode()))) {
        markFreed(lock, need.mode());
      }
      countNameOut(lock, need);
    }
    dropIfUnused(owner);
    return owner.waiting;
  }

  /** The grant that a conversion converts, whatever its token is by now. */
  Grant grantToConvert(Waiting conversion) {
    Owner owner = Objects.requireNonNull(owners.get(conversion.owner()));
    String lock = conversion.demands().getFirst().getLock();
    return Objects.requireNonNull(Objects.requireNonNull(owner.heldAt(lock)).explicit);
  }

  /** Whether somebody can have been let in by the fact that an owner has left a mode. */
  private boolean matters(Lock lock, int mode) {
    Lock.Holders left = lock.granted(mode);
    if (left == null || left.owners == 0) {
      return true;
    }
    Grant any = left.owners == 1 ? left.first() : null;
    return any != null && Objects.requireNonNull(owners.get(any.owner())).waiting != null;
  }

  void add(Reservation reservation) {
    for (Need need : reservation.asGrant().needs()) {
      if (need.explicit()) {
        lockToUse(need).add(reservation);
      }
    }
    add(reservation.asGrant());
  }

  void remove(Reservation reservation) {
    for (Need need : reservation.asGrant().needs()) {
      if (need.explicit()) {
        Objects.requireNonNull(locks.get(need.lock())).remove(reservation);
      }
    }
    remove(reservation.asGrant());
  }

  void setValue(String name, @Nullable LockValue value) {
    Lock lock = locks.computeIfAbsent(name, Lock::new);
    lock.value = value;
    touch(lock);
  }

  /** Puts a request into the queues of its locks and parks it. It must be blocked somewhere. */
  void add(Waiting request) {
    Owner owner = owners.computeIfAbsent(request.owner(), Owner::new);
    owner.waiting = request;
    for (Need need : request.needs()) {
      lockToUse(need).add(request, need);
    }
    Need blocked = firstBlocked(owner, request);
    park(request, Objects.requireNonNull(blocked, "a request that nothing blocks waits"));
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

  /** From now on {@code passed} does not hold {@code request} back. */
  void pass(Waiting request, long passed) {
    loadPassing(request.ticket(), passed);
    lookAt(request);
  }

  /**
   * Has {@link #wake} look at a request wherever it is parked: what has changed is no grant and no
   * place of another's, but what its own owner holds, or whom it heeds.
   */
  void lookAt(Waiting request) {
    if (toLookAt.isEmpty() || toLookAt.getLast().ticket() != request.ticket()) {
      toLookAt.add(request);
    }
  }

  /** The same for requests that are not parked yet. */
  void loadPassing(long ticket, long passed) {
    passedBy.computeIfAbsent(ticket, none -> new TreeSet<>()).add(passed);
  }

  /** Tells whether there were any. */
  boolean forgetPassings(Waiting request) {
    return !passedBy.isEmpty() && passedBy.remove(request.ticket()) != null;
  }

  boolean hasPassedAny(Waiting request) {
    return !passedBy.isEmpty() && passedBy.containsKey(request.ticket());
  }

  /** Whether a request has passed anybody who would hold it back at one lock. */
  boolean hasPassedAnyAt(Lock lock, Need need, Waiting request) {
    TreeSet<Long> passed = passedBy.isEmpty() ? null : passedBy.get(request.ticket());
    return passed != null
        && passed.stream()
            .anyMatch(ticket -> lock.hasWaiting(Modes.conflictsOf(need.mode()), ticket));
  }

  boolean hasPassed(Waiting request, Waiting earlier) {
    TreeSet<Long> passed = passedBy.isEmpty() ? null : passedBy.get(request.ticket());
    return passed != null && passed.contains(earlier.ticket());
  }

  /**
   * Grants what has become possible since the last call, in the order of tickets. The consumer is
   * handed each request when it is already out of the queues, and must add its grant before it
   * returns.
   */
  void wake(Consumer<Waiting> grant) {
    if (isAnybodyToLookAt()) {
      PriorityQueue<Line> lines = new PriorityQueue<>();
      addSingles(lines);
      addFreed(lines);
      while (!lines.isEmpty()) {
        Line line = lines.remove();
        if (retry(line, grant, lines)) {
          addLine(lines, line.lock, line.kind, line.mode, line.head.ticket());
        }
        // A conversion that was granted has given something back.
        addFreed(lines);
      }
    }
    for (int i = 0; i < touched.size(); i++) {
      Lock lock = touched.get(i);
      lock.touched = false;
      dropIfUnused(lock);
    }
    touched.clear();
  }

  /** Forgets what was freed where nobody is parked: nearly always all of it. */
  private boolean isAnybodyToLookAt() {
    boolean found = !toLookAt.isEmpty();
    for (int i = 0; i < freed.size(); i++) {
      found |= freed.get(i).hasParked();
    }
    if (!found && !freed.isEmpty()) {
      for (int i = 0; i < freed.size(); i++) {
        freed.get(i).freedModes = 0;
      }
      freed.clear();
    }
    return found;
  }

  private void addSingles(PriorityQueue<Line> lines) {
    for (Waiting request : toLookAt) {
      Parking parking = parkings.get(request.ticket());
      if (parking != null) {
        lines.add(new Line(parking.lock, parking.kind, parking.mode, request, true));
      }
    }
    toLookAt.clear();
  }

  private void addFreed(PriorityQueue<Line> lines) {
    for (Lock lock : freed) {
      int conflicts = Modes.conflictsOfAll(lock.freedModes);
      lock.freedModes = 0;
      if (!lock.hasParked()) {
        continue;
      }
      addLine(lines, lock, LineKind.PASSERS, 0, 0);
      for (int mode = 1; mode < Modes.COUNT; mode++) {
        if (Modes.contains(conflicts, mode)) {
          addLine(lines, lock, LineKind.CONVERSIONS, mode, 0);
          addLine(lines, lock, LineKind.REQUESTS, mode, 0);
        }
      }
    }
    freed.clear();
  }

  /**
   * Tries the request at the head of a line; tells whether the one behind it is to be looked at.
   */
  private boolean retry(Line line, Consumer<Waiting> grant, PriorityQueue<Line> lines) {
    Waiting request = line.head;
    Parking parking = parkings.get(request.ticket());
    if (parking == null || !parking.isIn(line)) {
      // Granted, or parked elsewhere, since the line was made.
      return !line.single;
    }
    looks++;
    Owner owner = Objects.requireNonNull(owners.get(request.owner()));
    Need blocked = firstBlocked(owner, request);
    boolean apart = line.single || line.kind == LineKind.PASSERS;
    if (blocked == null) {
      unqueue(request);
      grant.accept(request);
      return !line.single && (apart || !Modes.excludesItself(line.mode));
    }
    park(request, blocked);
    if (apart) {
      return !line.single;
    }
    if (!blocked.lock().equals(line.lock.name)) {
      return !Modes.excludesItself(line.mode);
    }
    addSoleOwner(lines, line);
    return false;
  }

  /**
   * Where a line stops: the one request behind the head that what blocks the head need not block.
   */
  private void addSoleOwner(PriorityQueue<Line> lines, Line line) {
    OwnerKey sole = line.lock.soleOwner(Modes.conflictsOf(line.mode));
    Owner owner = sole == null ? null : owners.get(sole);
    Waiting request = owner == null ? null : owner.waiting;
    if (request == null || request.ticket() == line.head.ticket()) {
      return;
    }
    Parking parking = parkings.get(request.ticket());
    if (parking != null && parking.isIn(line)) {
      lines.add(new Line(line.lock, line.kind, line.mode, request, true));
    }
  }

  private static void addLine(
      PriorityQueue<Line> lines, Lock lock, LineKind kind, int mode, long afterTicket) {
    Waiting head = lock.parkedAfter(kind, mode, afterTicket);
    if (head != null) {
      lines.add(new Line(lock, kind, mode, head, false));
    }
  }

  /** The requests parked in a line of a lock, from {@code head} on; just that one if single. */
  private record Line(Lock lock, LineKind kind, int mode, Waiting head, boolean single)
      implements Comparable<Line> {
    @Override
    public int compareTo(Line other) {
      return Long.compare(head.ticket(), other.head.ticket());
    }
  }

  private @Nullable Need firstBlocked(@Nullable Owner owner, Waiting request) {
    List<Need> needs = request.needs();
    for (int i = 0; i < needs.size(); i++) {
      needLooks++;
      Need need = needs.get(i);
      Lock lock = locks.get(need.lock());
      if (lock != null && isBlocked(lock, need, owner, request)) {
        return need;
      }
    }
    return null;
  }

  private boolean isBlocked(Lock lock, Need need, @Nullable Owner owner, Waiting request) {
    if (isCovered(lock, need, owner)) {
      return false;
    }
    if (isHeldAgainst(lock, need, owner)) {
      return true;
    }
    int conflicts = Modes.conflictsOf(need.mode());
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(conflicts, mode)) {
        long first = request.converts() ? lock.firstConverting(mode) : lock.firstTicket(mode);
        if (first < request.ticket()
            && (passedBy.isEmpty() || firstEarlier(lock, Modes.bit(mode), request) != null)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether what an owner holds at a lock gives it what it needs there. Never so for permits. */
  static boolean isCovered(Lock lock, Need need, @Nullable Owner owner) {
    if (owner == null || need.isPermits()) {
      return false;
    }
    Owner.Held own = owner.heldAt(lock.name);
    return own != null && Modes.covers(own.joinedMode(), need.mode());
  }

  /** Whether other owners' grants, or reservations, are in the way. */
  static boolean isHeldAgainst(Lock lock, Need need, @Nullable Owner owner) {
    if (need.isPermits()) {
      return !permitsFit(lock, need, owner);
    }
    Owner.Held own = owner == null ? null : owner.heldAt(lock.name);
    int conflicts = Modes.conflictsOf(need.mode());
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(conflicts, mode)
          && lock.grantedCount(mode) > (own == null ? 0 : own.counts[mode])) {
        return true;
      }
    }
    return false;
  }

  /** An owner that holds permits there asks for others instead of those. */
  private static boolean permitsFit(Lock lock, Need need, @Nullable Owner owner) {
    Owner.Held own = owner == null ? null : owner.heldAt(lock.name);
    long others = (long) lock.permitsUsed - (own == null ? 0 : own.permits);
    return others + need.permits() <= need.limit();
  }

  /**
   * Of the waiting requests in the modes of a set that hold a request back, the one with the
   * smallest ticket.
   */
  private @Nullable Waiting firstEarlier(Lock lock, int modes, Waiting request) {
    Waiting first = null;
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(modes, mode)) {
        first = earlier(first, firstUnpassed(lock.converting(mode), request));
        if (!request.converts()) {
          first = earlier(first, firstUnpassed(lock.waiting(mode), request));
        }
      }
    }
    return first;
  }

  private @Nullable Waiting firstUnpassed(@Nullable Numbered<Waiting> queued, Waiting request) {
    Waiting each = queued == null ? null : queued.first();
    while (queued != null && each != null && each.ticket() < request.ticket()) {
      if (!hasPassed(request, each)) {
        return each;
      }
      each = queued.after(each.ticket());
    }
    return null;
  }

  private static @Nullable Waiting earlier(@Nullable Waiting a, @Nullable Waiting b) {
    return a == null || (b != null && b.ticket() < a.ticket()) ? b : a;
  }

  private void park(Waiting request, Need blocked) {
    unpark(request);
    Lock lock = Objects.requireNonNull(locks.get(blocked.lock()));
    LineKind kind =
        hasPassedAny(request)
            ? LineKind.PASSERS
            : request.converts() ? LineKind.CONVERSIONS : LineKind.REQUESTS;
    lock.park(request, kind, blocked.mode());
    parkings.put(request.ticket(), new Parking(lock, kind, blocked.mode()));
  }

  private void unpark(Waiting request) {
    Parking parking = parkings.remove(request.ticket());
    if (parking != null) {
      parking.lock.unpark(request, parking.kind, parking.mode);
    }
  }

  private void unqueue(Waiting request) {
    unpark(request);
    for (Need need : request.needs()) {
      Lock lock = Objects.requireNonNull(locks.get(need.lock()));
      lock.remove(request, need);
      countNameOut(lock, need);
      // Its grant, if one follows, comes at once; otherwise the lock may be done with.
      touch(lock);
      if (need.isPermits()) {
        // Its place held back whoever came later; its permits may leave enough for them.
        markFreed(lock, need.mode());
      }
    }
    Owner owner = Objects.requireNonNull(owners.get(request.owner()));
    owner.waiting = null;
    dropIfUnused(owner);
  }

  private void touch(Lock lock) {
    if (!lock.touched) {
      lock.touched = true;
      touched.add(lock);
    }
  }

  private void markFreed(Lock lock, int mode) {
    touch(lock);
    if (lock.freedModes == 0) {
      freed.add(lock);
    }
    lock.freedModes |= Modes.bit(mode);
  }

  private Lock lockToUse(Need need) {
    Lock lock = locks.computeIfAbsent(need.lock(), Lock::new);
    if (need.explicit() && !lock.isNamed()) {
      namesInUse++;
    }
    return lock;
  }

  private void countNameOut(Lock lock, Need need) {
    if (need.explicit() && !lock.isNamed()) {
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
