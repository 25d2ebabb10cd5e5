package dev.holdfast.core;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells quickly, in nearly all cases, that an owner who begins to wait does not wait for itself.
 *
 * <p>Two searches take turns, an edge at a time: one follows the edges from the owner, one goes
 * against them. When either has seen all that there is without meeting the owner, there is no
 * cycle, so the cost is at most twice that of the shorter one. An owner that holds nothing is
 * waited for by nobody, and one that waits for somebody who runs waits for nobody who waits: both
 * are seen in a few steps, however many wait besides. Nothing is walked twice at one lock, so what
 * two long queues cost is their length.
 *
 * <p>Edges are taken a little too generously here (a hit means: look closely), never too few.
 */
final class CycleSearch {
  private final LockMap lockMap;
  private long searches;
  private long looks;

  CycleSearch(LockMap lockMap) {
    this.lockMap = lockMap;
  }

  /** How many edges were looked at. */
  long looks() {
    return looks;
  }

  boolean mayBeInCycle(Owner owner) {
    searches++;
    Side against = new Side(owner, false);
    Side along = new Side(owner, true);
    while (true) {
      Found found = against.step();
      if (found == Found.MORE) {
        found = along.step();
      }
      if (found != Found.MORE) {
        return found == Found.ITSELF;
      }
    }
  }

  private enum Found {
    MORE,
    ITSELF,
    NOTHING_MORE
  }

  /** One of the two searches. */
  private final class Side {
    private final Owner start;
    private final boolean forwards;
    private final ArrayDeque<Owner> toVisit = new ArrayDeque<>();
    private final TreeMap<String, EdgeWalk.Walked> walkedAtLock = new TreeMap<>();
    private EdgeWalk walk;

    Side(Owner start, boolean forwards) {
      this.start = start;
      this.forwards = forwards;
      this.walk = walkFrom(start);
    }

    Found step() {
      looks++;
      OwnerKey key = walk.next();
      if (key == null) {
        if (walk.hasMore()) {
          return Found.MORE;
        }
        if (toVisit.isEmpty()) {
          return Found.NOTHING_MORE;
        }
        walk = walkFrom(toVisit.remove());
        return Found.MORE;
      }
      if (key.equals(start.key)) {
        return Found.ITSELF;
      }
      Owner owner = key.sessionId() == Reservation.NO_SESSION ? null : lockMap.owner(key);
      if (owner != null && owner.waiting != null && isNew(owner)) {
        toVisit.add(owner);
      }
      return Found.MORE;
    }

    private boolean isNew(Owner owner) {
      long before = forwards ? owner.searchedForwards : owner.searchedBackwards;
      if (forwards) {
        owner.searchedForwards = searches;
      } else {
        owner.searchedBackwards = searches;
      }
      return before != searches;
    }

    private EdgeWalk walkFrom(Owner owner) {
      Waiting request = Objects.requireNonNull(owner.waiting);
      // The start's own walk leaves out the start, which is whom the others look for.
      return new EdgeWalk(
          owner.key,
          forwards ? new PlacesAhead(owner, request) : new PlacesBehind(owner, request),
          owner == start ? null : walkedAtLock);
    }
  }

  /** Where a request waits: what is held there, and what waits before it, may be in its way. */
  private final class PlacesAhead implements Iterator<EdgeWalk.@Nullable Place> {
    private final Owner owner;
    private final Waiting request;
    private final Iterator<Need> needs;

    PlacesAhead(Owner owner, Waiting request) {
      this.owner = owner;
      this.request = request;
      this.needs = request.needs().iterator();
    }

    @Override
    public boolean hasNext() {
      return needs.hasNext();
    }

    @Override
    public EdgeWalk.@Nullable Place next() {
      Need need = needs.next();
      Lock lock = lockMap.lock(need.lock());
      if (lock == null || LockMap.isCovered(lock, need, owner)) {
        return null;
      }
      int conflicts = Modes.conflictsOf(need.mode());
      return new EdgeWalk.Place(
          lock, conflicts, request.converts() ? 0 : conflicts, conflicts, 0, request.ticket());
    }
  }

  /** Where an owner is in the way: where it holds something, and where others wait behind it. */
  private final class PlacesBehind implements Iterator<EdgeWalk.@Nullable Place> {
    private final Waiting request;
    private final Iterator<Map.Entry<String, Owner.Held>> held;
    private final Iterator<Need> needs;

    PlacesBehind(Owner owner, Waiting request) {
      this.request = request;
      this.held = owner.held().entrySet().iterator();
      this.needs = request.needs().iterator();
    }

    @Override
    public boolean hasNext() {
      return held.hasNext() || needs.hasNext();
    }

    @Override
    public EdgeWalk.@Nullable Place next() {
      if (held.hasNext()) {
        var entry = held.next();
        Lock lock = lockMap.lock(entry.getKey());
        int conflicts = Modes.conflictsOfAll(entry.getValue().modes());
        return lock == null
            ? null
            : new EdgeWalk.Place(lock, 0, conflicts, conflicts, 0, Long.MAX_VALUE);
      }
      Need need = needs.next();
      Lock lock = lockMap.lock(need.lock());
      int conflicts = Modes.conflictsOf(need.mode());
      return lock == null
          ? null
          : new EdgeWalk.Place(
              lock,
              0,
              conflicts,
              request.converts() ? conflicts : 0,
              request.ticket(),
              Long.MAX_VALUE);
    }
  }
}
