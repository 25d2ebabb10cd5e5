package dev.holdfast.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom, read off the lock map. An edge leads from a waiting request to a grant that
 * is in its way (<em>held</em>) or to an earlier request that is (<em>queued</em>). Reservations
 * end by themselves and are left out.
 */
final class WaitGraph {
  private final LockMap lockMap;

  WaitGraph(LockMap lockMap) {
    this.lockMap = lockMap;
  }

  /**
   * An edge; either a grant or an earlier request is at its end.
   *
   * @param need what is wanted
   */
  record Edge(Need need, @Nullable Grant grant, @Nullable Waiting earlier) {}

  @Nullable Owner owner(OwnerKey key) {
    return lockMap.owner(key);
  }

  LockMap lockMap() {
    return lockMap;
  }

  /**
   * Held edges, in the order of lock names and tokens; at most so many of each lock and mode, those
   * with the smallest tokens, with or without reservations.
   */
  List<Edge> heldEdges(Waiting request, int perMode, boolean withReservations) {
    List<Edge> edges = new ArrayList<>();
    for (Need need : request.needs()) {
      addHeldEdges(edges, request, need, perMode, withReservations);
    }
    return edges;
  }

  /** The same for one need. */
  void addHeldEdges(
      List<Edge> edges, Waiting request, Need need, int perMode, boolean withReservations) {
    Owner owner = lockMap.owner(request.owner());
    Lock lock = lockMap.lock(need.lock());
    if (lock == null
        || LockMap.isCovered(lock, need, owner)
        || !LockMap.isHeldAgainst(lock, need, owner)) {
      return;
    }
    int from = edges.size();
    int conflicts = Modes.conflictsOf(need.mode());
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      Numbered<Grant> grants = Modes.contains(conflicts, mode) ? lock.granted(mode) : null;
      int left = perMode;
      for (Grant grant = first(grants);
          grant != null && left > 0;
          grant = after(grants, grant.token())) {
        left--;
        if (!grant.owner().equals(request.owner())
            && (withReservations || !grant.isReservation())) {
          edges.add(new Edge(need, grant, null));
        }
      }
    }
    edges.subList(from, edges.size()).sort(Comparator.comparingLong(WaitGraph::token));
  }

  /**
   * Queued edges, in the order of lock names, and of one lock the latest request first; at most so
   * many of each lock and mode, those with the smallest tickets.
   */
  List<Edge> queuedEdges(Waiting request, int perMode) {
    List<Edge> edges = new ArrayList<>();
    Owner owner = lockMap.owner(request.owner());
    for (Need need : request.needs()) {
      Lock lock = lockMap.lock(need.lock());
      if (lock == null || LockMap.isCovered(lock, need, owner)) {
        continue;
      }
      int from = edges.size();
      int conflicts = Modes.conflictsOf(need.mode());
      for (int mode = 1; mode < Modes.COUNT; mode++) {
        if (Modes.contains(conflicts, mode)) {
          addEarlier(edges, need, lock.converting(mode), request, perMode);
          if (!request.converts()) {
            addEarlier(edges, need, lock.waiting(mode), request, perMode);
          }
        }
      }
      edges
          .subList(from, edges.size())
          .sort(Comparator.comparingLong(WaitGraph::ticket).reversed());
    }
    return edges;
  }

  private void addEarlier(
      List<Edge> edges, Need need, @Nullable Numbered<Waiting> queued, Waiting request, int most) {
    int left = most;
    for (Waiting each = first(queued);
        each != null && each.ticket() < request.ticket() && left > 0;
        each = after(queued, each.ticket())) {
      left--;
      if (!lockMap.hasPassed(request, each)) {
        edges.add(new Edge(need, null, each));
      }
    }
  }

  /** The request that waits at the far end of an edge; null if nobody waits there. */
  @Nullable Waiting waitingAtEnd(Edge edge) {
    if (edge.earlier != null) {
      return edge.earlier;
    }
    Owner owner = edge.grant == null ? null : lockMap.owner(edge.grant.owner());
    return owner == null ? null : owner.waiting;
  }

  private static long token(Edge edge) {
    return edge.grant == null ? 0 : edge.grant.token();
  }

  private static long ticket(Edge edge) {
    return edge.earlier == null ? 0 : edge.earlier.ticket();
  }

  static <V> @Nullable V first(@Nullable Numbered<V> numbered) {
    return numbered == null ? null : numbered.first();
  }

  static <V> @Nullable V after(@Nullable Numbered<V> numbered, long number) {
    return numbered == null ? null : numbered.after(number);
  }
}
