package dev.holdfast.core;

import dev.holdfast.core.WaitGraph.Edge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of the owners that one owner waits for, directly or not, are stuck: assume that every owner
 * that does not wait gives back all that it has, see who is let in by that, assume the same of
 * those, and so on. Who is left waits for itself.
 *
 * <p>Permits make the difference to a search for cycles: a request for permits waits for some of
 * their holders, never mind which, so it is held up only if the stuck ones leave too few.
 */
final class Reduction {
  private final WaitGraph graph;
  private final boolean withQueues;
  private final Waiting closer;
  private final TreeMap<Long, Node> nodes = new TreeMap<>();
  private boolean changed;

  /** A waiting request. */
  private static final class Node {
    final Waiting request;
    List<Edge> held = List.of();
    List<Edge> queued = List.of();

    /** Edges to stuck owners that do not lead to permits. */
    int obstacles;

    int blockedPermitNeeds;
    boolean stuck = true;

    /** By the ticket of an earlier request: how many queued edges lead there. */
    final TreeMap<Long, Integer> queuedBehind = new TreeMap<>();

    final List<Dependent> dependents = new ArrayList<>();

    Node(Waiting request) {
      this.request = request;
    }

    boolean isFree() {
      return obstacles == 0 && blockedPermitNeeds == 0;
    }
  }

  /** Permits that are wanted, and how many stuck owners have. */
  private static final class PermitNeed {
    final Need need;
    long stuckPermits;

    PermitNeed(Need need) {
      this.need = need;
    }

    boolean isBlocked() {
      return stuckPermits + need.permits() > need.limit();
    }
  }

  /** Whom it helps when a node is freed: by an edge, by permits, or (0) by a place in a queue. */
  private record Dependent(Node node, @Nullable PermitNeed permits, int count) {}

  /** A request that is held back, and by which other one. */
  record Queued(Waiting request, Waiting earlier, String lock) {}

  /** A step of a cycle: a request and the edge to the next one. */
  record Link(Waiting request, Edge edge) {}

  Reduction(WaitGraph graph, Waiting closer, boolean withQueues) {
    this.graph = graph;
    this.closer = closer;
    this.withQueues = withQueues;
    collect();
    List<Node> free = new ArrayList<>();
    for (Node node : nodes.values()) {
      if (node.isFree()) {
        free.add(node);
      }
    }
    free.forEach(this::free);
  }

  /** Whether the owner from whom this began waits for itself. */
  boolean closerIsStuck() {
    return Objects.requireNonNull(nodes.get(closer.ticket())).stuck;
  }

  /** Everybody whom the closer waits for, directly or not. */
  private void collect() {
    ArrayDeque<Node> open = new ArrayDeque<>();
    nodeOf(closer, open);
    while (!open.isEmpty()) {
      Node node = open.remove();
      node.held = graph.heldEdges(node.request);
      node.queued = withQueues ? graph.queuedEdges(node.request) : List.of();
      PermitNeed permits = null;
      for (Edge edge : node.held) {
        Waiting next = graph.waitingAtEnd(edge);
        if (edge.need().isPermits() && (permits == null || !permits.need.equals(edge.need()))) {
          settle(node, permits);
          permits = new PermitNeed(edge.need());
        }
        if (next != null) {
          connectHeld(node, nodeOf(next, open), edge.need().isPermits() ? permits : null, edge);
        }
      }
      settle(node, permits);
      for (Edge edge : node.queued) {
        Node earlier = nodeOf(Objects.requireNonNull(edge.earlier()), open);
        node.obstacles++;
        if (node.queuedBehind.merge(earlier.request.ticket(), 1, Integer::sum) == 1) {
          earlier.dependents.add(new Dependent(node, null, 0));
        }
      }
    }
  }

  private static void settle(Node node, @Nullable PermitNeed permits) {
    if (permits != null && permits.isBlocked()) {
      node.blockedPermitNeeds++;
    }
  }

  private Node nodeOf(Waiting request, ArrayDeque<Node> open) {
    Node known = nodes.get(request.ticket());
    if (known != null) {
      return known;
    }
    Node node = new Node(request);
    nodes.put(request.ticket(), node);
    open.add(node);
    return node;
  }

  private static void connectHeld(Node from, Node to, @Nullable PermitNeed permits, Edge edge) {
    if (permits == null) {
      from.obstacles++;
      to.dependents.add(new Dependent(from, null, 1));
      return;
    }
    Grant grant = Objects.requireNonNull(edge.grant());
    int count = Objects.requireNonNull(grant.needAt(edge.need().lock())).permits();
    permits.stuckPermits += count;
    to.dependents.add(new Dependent(from, permits, count));
  }

  private void free(Node first) {
    ArrayDeque<Node> toFree = new ArrayDeque<>();
    toFree.add(first);
    while (!toFree.isEmpty()) {
      Node node = toFree.remove();
      if (!node.stuck) {
        continue;
      }
      node.stuck = false;
      changed = true;
      for (Dependent dependent : node.dependents) {
        if (dependent.node.stuck && lift(dependent, node) && dependent.node.isFree()) {
          toFree.add(dependent.node);
        }
      }
    }
  }

  private static boolean lift(Dependent dependent, Node freed) {
    PermitNeed permits = dependent.permits;
    if (dependent.count == 0) {
      return leaveQueueBehind(dependent.node, freed);
    }
    if (permits == null) {
      dependent.node.obstacles -= dependent.count;
      return true;
    }
    boolean wasBlocked = permits.isBlocked();
    permits.stuckPermits -= dependent.count;
    if (wasBlocked && !permits.isBlocked()) {
      dependent.node.blockedPermitNeeds--;
      return true;
    }
    return false;
  }

  /** The stuck ones that the closer reaches along held edges, breadth first. */
  private List<Node> stuckInOrder() {
    List<Node> order = new ArrayList<>();
    TreeSet<Long> seen = new TreeSet<>();
    Node start = Objects.requireNonNull(nodes.get(closer.ticket()));
    seen.add(closer.ticket());
    order.add(start);
    for (int i = 0; i < order.size(); i++) {
      for (Edge edge : order.get(i).held) {
        Node next = stuckAtEnd(edge);
        if (next != null && seen.add(next.request.ticket())) {
          order.add(next);
        }
      }
    }
    return order;
  }

  private @Nullable Node stuckAtEnd(Edge edge) {
    Waiting waiting = graph.waitingAtEnd(edge);
    Node node = waiting == null ? null : nodes.get(waiting.ticket());
    return node != null && node.stuck ? node : null;
  }

  /** The shortest cycle of held edges between stuck owners, from the closer on. */
  List<Link> cycle() {
    TreeMap<Long, Link> cameBy = new TreeMap<>();
    for (Node node : stuckInOrder()) {
      for (Edge edge : node.held) {
        Node next = stuckAtEnd(edge);
        if (next == null) {
          continue;
        }
        Link link = new Link(node.request, edge);
        if (next.request.ticket() == closer.ticket()) {
          return pathTo(link, cameBy);
        }
        cameBy.putIfAbsent(next.request.ticket(), link);
      }
    }
    throw new IllegalStateException("request " + closer.ticket() + " is stuck, but in no cycle");
  }

  private List<Link> pathTo(Link last, Map<Long, Link> cameBy) {
    List<Link> path = new ArrayList<>();
    path.add(last);
    while (path.getLast().request.ticket() != closer.ticket()) {
      path.add(Objects.requireNonNull(cameBy.get(path.getLast().request.ticket())));
    }
    return path.reversed();
  }

  /**
   * Lets requests pass those behind which they are stuck, until the closer is not stuck any more.
   * Of the stuck owners, breadth first from the closer along held edges, the first that is queued
   * behind a stuck one passes it.
   */
  List<Queued> passUntilFree() {
    List<Queued> passed = new ArrayList<>();
    while (closerIsStuck()) {
      changed = false;
      for (Node node : stuckInOrder()) {
        passFrom(node, passed);
        if (changed) {
          break;
        }
      }
      if (!changed) {
        throw new IllegalStateException("request " + closer.ticket() + " is stuck behind nobody");
      }
    }
    return passed;
  }

  private void passFrom(Node node, List<Queued> passed) {
    for (int i = 0; i < node.queued.size() && !changed; i++) {
      Edge edge = node.queued.get(i);
      Node earlier = stuckAtEnd(edge);
      if (earlier != null && leaveQueueBehind(node, earlier)) {
        passed.add(new Queued(node.request, earlier.request, edge.need().lock()));
        if (node.isFree()) {
          free(node);
        }
      }
    }
  }

  /**
   * Takes away all queued edges from one to the other, at whatever locks; false if none is left.
   */
  private static boolean leaveQueueBehind(Node node, Node earlier) {
    Integer edges = node.queuedBehind.remove(earlier.request.ticket());
    if (edges == null) {
      return false;
    }
    node.obstacles -= edges;
    return true;
  }
}
