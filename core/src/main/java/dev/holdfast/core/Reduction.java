package dev.holdfast.core;

import dev.holdfast.core.StuckNode.Obstacle;
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
 *
 * <p>Edges are not written down one by one, as there may be as many as the square of the requests:
 * at each lock, those in one mode are counted together ({@link StuckHolders}, {@link StuckQueue}).
 * So the cost is that of the requests that the closer reaches, with their needs and with the grants
 * at the locks that they wait for.
 */
final class Reduction {
  private final WaitGraph graph;
  private final LockMap lockMap;
  private final boolean withQueues;
  private final StuckNode closer;
  private final TreeMap<Long, StuckNode> nodes = new TreeMap<>();
  private final TreeMap<String, StuckAtLock> locks = new TreeMap<>();
  private final ArrayDeque<StuckNode> toCollect = new ArrayDeque<>();
  private final ArrayDeque<StuckNode> toFree = new ArrayDeque<>();
  private long looks;

  /** What there is at one lock. */
  private static final class StuckAtLock {
    final StuckQueue queue;
    final @Nullable StuckHolders[] holders = new StuckHolders[Modes.COUNT];

    /** The modes for which a walk has followed all held edges there are from here. */
    int walkedModes;

    StuckAtLock(StuckQueue queue) {
      this.queue = queue;
    }
  }

  /** A request that is held back, and by which other one. */
  record Queued(Waiting request, Waiting earlier, String lock) {}

  /** A step of a cycle: a request and the edge to the next one. */
  record Link(Waiting request, Edge edge) {}

  Reduction(WaitGraph graph, Waiting closer, boolean withQueues) {
    this.graph = graph;
    this.lockMap = graph.lockMap();
    this.withQueues = withQueues;
    this.closer = nodeOf(closer);
    collect();
    for (StuckAtLock each : locks.values()) {
      each.queue.begin();
      for (StuckHolders holders : each.holders) {
        if (holders != null) {
          holders.begin();
        }
      }
    }
    for (StuckNode node : nodes.values()) {
      if (node.obstaclesLeft == 0) {
        toFree.add(node);
      }
    }
    free();
  }

  /** Whether the owner from whom this began waits for itself. */
  boolean closerIsStuck() {
    return closer.stuck;
  }

  /** How many edges the walks have followed. */
  long looks() {
    return looks;
  }

  private StuckNode nodeOf(Waiting request) {
    StuckNode known = nodes.get(request.ticket());
    if (known != null) {
      return known;
    }
    StuckNode node = StuckNode.of(request, lockMap);
    nodes.put(request.ticket(), node);
    toCollect.add(node);
    return node;
  }

  /** Everybody whom the closer waits for, directly or not. */
  private void collect() {
    while (!toCollect.isEmpty()) {
      StuckNode node = toCollect.remove();
      for (Need need : node.request.needs()) {
        Lock lock = Objects.requireNonNull(lockMap.lock(need.lock()));
        if (!LockMap.isCovered(lock, need, node.owner)) {
          StuckAtLock here =
              locks.computeIfAbsent(
                  lock.name,
                  name ->
                      new StuckAtLock(new StuckQueue(lock, lockMap, this::nodeOf, toFree::add)));
          holdersOf(here, lock, need.mode()).addObstacle(node, need);
          if (withQueues) {
            here.queue.add(node, need);
          }
        }
      }
    }
  }

  private StuckHolders holdersOf(StuckAtLock here, Lock lock, int mode) {
    StuckHolders known = here.holders[mode];
    if (known != null) {
      return known;
    }
    StuckHolders holders = new StuckHolders(lock.name, mode, toFree::add);
    here.holders[mode] = holders;
    for (int other = 1; other < Modes.COUNT; other++) {
      Lock.Holders grants =
          Modes.contains(Modes.conflictsOf(mode), other) ? lock.granted(other) : null;
      for (Grant grant = WaitGraph.first(grants);
          grant != null;
          grant = WaitGraph.after(grants, grant.token())) {
        Owner owner = lockMap.owner(grant.owner());
        if (owner != null && owner.waiting != null) {
          holders.addMember(nodeOf(owner.waiting));
        }
      }
    }
    return holders;
  }

  /** Tells whether the order of the last walk still holds, but for those who are freed. */
  private boolean free() {
    List<StuckNode> freed = new ArrayList<>();
    while (!toFree.isEmpty()) {
      StuckNode node = toFree.remove();
      if (!node.stuck) {
        continue;
      }
      node.stuck = false;
      freed.add(node);
      if (node.foundBy != null) {
        node.foundBy.foundStuck--;
      }
      node.holds.forEach(holders -> holders.leave(node));
      for (Need need : node.request.needs()) {
        StuckAtLock here = locks.get(need.lock());
        if (here != null) {
          here.queue.left(need.mode());
        }
      }
      for (Obstacle watcher : node.watchers) {
        queueAt(watcher).watchAgain(watcher);
      }
    }
    return freed.stream().allMatch(node -> node.foundStuck == 0);
  }

  private StuckQueue queueAt(Obstacle obstacle) {
    return Objects.requireNonNull(locks.get(obstacle.need.lock())).queue;
  }

  /**
   * Walks from the closer along held edges between stuck owners, breadth first. Everybody is told
   * who found him.
   *
   * @param order takes everybody in the order of the walk
   * @return where the walk comes back to the closer first, and ends; null if it does not
   */
  private @Nullable List<Link> walk(List<StuckNode> order, boolean backToCloser) {
    locks.values().forEach(each -> each.walkedModes = 0);
    nodes.values().forEach(StuckNode::forgetWalk);
    TreeMap<Long, Link> cameBy = new TreeMap<>();
    ArrayDeque<StuckNode> toVisit = new ArrayDeque<>();
    toVisit.add(closer);
    while (!toVisit.isEmpty()) {
      StuckNode node = toVisit.remove();
      order.add(node);
      for (Edge edge : edgesToWalk(node)) {
        looks++;
        Link link = new Link(node.request, edge);
        StuckNode next = stuckAtEnd(edge);
        if (next == closer) {
          if (backToCloser) {
            return pathTo(link, cameBy);
          }
        } else if (next != null && cameBy.putIfAbsent(next.ticket(), link) == null) {
          next.foundBy = node;
          node.foundStuck++;
          toVisit.add(next);
        }
      }
    }
    return null;
  }

  /**
   * The held edges of one node, but for those to owners whom the walk knows already: at a lock
   * where somebody was before who wants the same mode. (The closer's own edges do not lead to the
   * closer, so whoever comes after it at a lock walks them again.)
   */
  private List<Edge> edgesToWalk(StuckNode node) {
    List<Edge> edges = new ArrayList<>();
    for (Need need : node.request.needs()) {
      StuckAtLock here = locks.get(need.lock());
      if (here != null && !Modes.contains(here.walkedModes, need.mode())) {
        int before = edges.size();
        graph.addHeldEdges(edges, node.request, need, Integer.MAX_VALUE, false);
        if (edges.size() > before && node != closer) {
          here.walkedModes |= Modes.bit(need.mode());
        }
      }
    }
    return edges;
  }

  private @Nullable StuckNode stuckAtEnd(Edge edge) {
    Waiting waiting = graph.waitingAtEnd(edge);
    StuckNode node = waiting == null ? null : nodes.get(waiting.ticket());
    return node != null && node.stuck ? node : null;
  }

  /** The shortest cycle of held edges between stuck owners, from the closer on. */
  List<Link> cycle() {
    List<Link> cycle = walk(new ArrayList<>(), true);
    if (cycle == null) {
      throw new IllegalStateException("request " + closer.ticket() + " is stuck, but in no cycle");
    }
    return cycle;
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
   * behind stuck ones passes them, and nobody is freed by that before it has passed the last.
   *
   * @return null if they would have to pass more than {@code most}
   */
  @Nullable List<Queued> passUntilFree(int most) {
    List<Queued> passed = new ArrayList<>();
    while (closer.stuck && passed.size() <= most) {
      List<StuckNode> order = new ArrayList<>();
      walk(order, false);
      passInOrder(order, passed, most);
    }
    return passed.size() > most ? null : passed;
  }

  /**
   * As far as the order in which they were walked holds. It does until somebody is freed by whom
   * the walk had found others that are still stuck: they come later then, or not at all.
   */
  private void passInOrder(List<StuckNode> order, List<Queued> passed, int most) {
    for (StuckNode node : order) {
      if (node.stuck) {
        passAll(node, passed);
        boolean holds = free();
        if (!holds || !closer.stuck || passed.size() > most) {
          return;
        }
      }
    }
    throw new IllegalStateException("request " + closer.ticket() + " is stuck behind nobody");
  }

  private void passAll(StuckNode node, List<Queued> passed) {
    TreeSet<Long> tickets = new TreeSet<>();
    for (Obstacle obstacle : node.queued) {
      if (!obstacle.lifted) {
        for (Waiting earlier : queueAt(obstacle).stuckBefore(obstacle)) {
          if (tickets.add(earlier.ticket())) {
            passed.add(new Queued(node.request, earlier, obstacle.need.lock()));
          }
        }
      }
    }
    for (Obstacle obstacle : node.queued) {
      queueAt(obstacle).lift(obstacle);
    }
  }
}
