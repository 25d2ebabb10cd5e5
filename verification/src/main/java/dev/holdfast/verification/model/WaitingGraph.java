package dev.holdfast.verification.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who waits for whom: held and queued edges, who is stuck by them, and the cycle in which somebody
 * is. Drawn anew for every question.
 */
class WaitingGraph {
  private final ModelState state;
  private final GrantRules rules;

  WaitingGraph(ModelState state, GrantRules rules) {
    this.state = state;
    this.rules = rules;
  }

  /** A waiting request wants {@code wanted} where another owner's grant has {@code held}. */
  record HeldEdge(
      ModelRequest from, String lock, ModelNeed wanted, ModelGrant grant, ModelNeed held) {
    ModelOwner to() {
      return grant.owner();
    }
  }

  /** A waiting request is behind an earlier one. */
  record QueuedEdge(ModelRequest from, String lock, ModelRequest ahead) {}

  /** By lock and token; "the first by token, if an owner has several there". */
  List<HeldEdge> heldEdges(ModelRequest request) {
    List<HeldEdge> edges = new ArrayList<>();
    for (GrantRules.Obstacle obstacle : rules.obstacles(request)) {
      if (obstacle
          instanceof GrantRules.Obstacle.Held(String lock, ModelNeed wanted, ModelGrant grant)) {
        boolean known =
            edges.stream()
                .anyMatch(edge -> edge.lock().equals(lock) && edge.to().equals(grant.owner()));
        if (!known) {
          edges.add(new HeldEdge(request, lock, wanted, grant, ModelNeed.at(lock, grant.needs())));
        }
      }
    }
    return edges;
  }

  /** By lock and ticket. */
  List<QueuedEdge> queuedEdges(ModelRequest request) {
    List<QueuedEdge> edges = new ArrayList<>();
    for (GrantRules.Obstacle obstacle : rules.obstacles(request)) {
      if (obstacle
          instanceof
          GrantRules.Obstacle.Queued(String lock, ModelNeed wanted, ModelRequest ahead)) {
        edges.add(new QueuedEdge(request, lock, ahead));
      }
    }
    return edges;
  }

  /** Who stays blocked although everybody who is not blocked gives back all that he has. */
  Set<ModelOwner> stuckByHeldEdges() {
    return stuck(false);
  }

  /** As {@link #stuckByHeldEdges}, where nobody comes before an earlier request either. */
  Set<ModelOwner> stuckByAllEdges() {
    return stuck(true);
  }

  private Set<ModelOwner> stuck(boolean queuedToo) {
    List<ModelRequest> stuck = new ArrayList<>(state.waiting);
    while (stuck.removeIf(request -> !isHeldUp(request, owners(stuck), queuedToo))) {
      // One freed may free others.
    }
    return owners(stuck);
  }

  private static Set<ModelOwner> owners(List<ModelRequest> requests) {
    return new HashSet<>(requests.stream().map(ModelRequest::owner).toList());
  }

  private boolean isHeldUp(ModelRequest request, Set<ModelOwner> stuck, boolean queuedToo) {
    if (queuedToo
        && queuedEdges(request).stream().anyMatch(edge -> stuck.contains(edge.ahead().owner()))) {
      return true;
    }
    return heldEdges(request).stream()
        .filter(edge -> stuck.contains(edge.to()))
        .anyMatch(
            edge ->
                !edge.wanted().isPermits()
                    || arePermitsStuck(request, edge.lock(), edge.wanted(), stuck));
  }

  /**
   * "They hold it up only if the permits of stuck owners (without the permits that the grant to be
   * converted has itself) and those wanted are more than the limit."
   */
  boolean arePermitsStuck(
      ModelRequest request, String lock, ModelNeed wanted, Set<ModelOwner> stuck) {
    long stuckPermits =
        state.grants.stream()
            .filter(grant -> stuck.contains(grant.owner()))
            .filter(grant -> grant.token() != request.convertsNow())
            .filter(grant -> grant.needs().containsKey(lock))
            .mapToLong(grant -> ModelNeed.at(lock, grant.needs()).permits())
            .sum();
    return stuckPermits + wanted.permits() > wanted.limit();
  }

  /**
   * "The shortest one from c along held edges between stuck owners (breadth first, an owner's edges
   * in the order of (lock name, token), the first path found to an owner is its path)."
   */
  List<HeldEdge> cycleFrom(ModelOwner closer, Set<ModelOwner> stuck) {
    Map<ModelOwner, HeldEdge> reachedBy = new HashMap<>();
    ArrayDeque<ModelOwner> toVisit = new ArrayDeque<>(List.of(closer));
    while (!toVisit.isEmpty()) {
      ModelOwner owner = toVisit.removeFirst();
      for (HeldEdge edge : heldEdges(state.waitingOf(owner).orElseThrow())) {
        if (edge.to().equals(closer)) {
          return pathTo(edge, closer, reachedBy);
        }
        if (stuck.contains(edge.to()) && reachedBy.putIfAbsent(edge.to(), edge) == null) {
          toVisit.addLast(edge.to());
        }
      }
    }
    throw new IllegalStateException(closer + " is stuck, and in no cycle");
  }

  private static List<HeldEdge> pathTo(
      HeldEdge last, ModelOwner closer, Map<ModelOwner, HeldEdge> reachedBy) {
    List<HeldEdge> path = new ArrayList<>(List.of(last));
    while (!path.getFirst().from().owner().equals(closer)) {
      HeldEdge before = reachedBy.get(path.getFirst().from().owner());
      if (before == null) {
        throw new IllegalStateException("a path with a hole");
      }
      path.addFirst(before);
    }
    return path;
  }

  /**
   * "Stuck owners are visited from c breadth first along held edges between stuck owners, in that
   * order; the first that has a queued edge to a stuck one passes it: of its needs the first in the
   * order of names that has such an edge, there the one with the greatest ticket."
   */
  QueuedEdge edgeToPass(ModelOwner closer, Set<ModelOwner> stuck) {
    List<ModelOwner> visited = new ArrayList<>(List.of(closer));
    for (int i = 0; i < visited.size(); i++) {
      ModelRequest request = state.waitingOf(visited.get(i)).orElseThrow();
      Optional<QueuedEdge> edge = edgeToStuck(request, stuck);
      if (edge.isPresent()) {
        return edge.get();
      }
      for (HeldEdge held : heldEdges(request)) {
        if (stuck.contains(held.to()) && !visited.contains(held.to())) {
          visited.add(held.to());
        }
      }
    }
    throw new IllegalStateException(closer + " is stuck by held edges alone");
  }

  private Optional<QueuedEdge> edgeToStuck(ModelRequest request, Set<ModelOwner> stuck) {
    TreeMap<String, QueuedEdge> lastAtLock = new TreeMap<>();
    for (QueuedEdge edge : queuedEdges(request)) {
      if (stuck.contains(edge.ahead().owner())) {
        lastAtLock.put(edge.lock(), edge);
      }
    }
    return Optional.ofNullable(lastAtLock.firstEntry()).map(Map.Entry::getValue);
  }
}
