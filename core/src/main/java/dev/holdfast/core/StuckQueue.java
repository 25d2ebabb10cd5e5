package dev.holdfast.core;

import dev.holdfast.core.StuckNode.Obstacle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait at one lock, as far as a {@link Reduction} has to do with them. Whoever
 * came later is held up by the first that is stuck in a conflicting mode, and only when that one is
 * freed is it looked at who comes next: so a queue of ten thousand is ten thousand steps, not their
 * square. Who has passed somebody of this queue is looked at by itself.
 */
final class StuckQueue {
  private final Lock lock;
  private final LockMap lockMap;
  private final Function<Waiting, StuckNode> nodeOf;
  private final Consumer<StuckNode> freed;

  private final @Nullable Line[] waiting = new Line[Modes.COUNT];
  private final @Nullable Line[] converting = new Line[Modes.COUNT];
  private final @Nullable Followers[] requests = new Followers[Modes.COUNT];
  private final @Nullable Followers[] conversions = new Followers[Modes.COUNT];
  private final List<Obstacle> passers = new ArrayList<>();

  /** Those in one mode, by ticket. */
  private static final class Line {
    final List<StuckNode> nodes = new ArrayList<>();
    long lastTicket;
    int firstStuck;

    long firstStuckTicket() {
      while (firstStuck < nodes.size() && !nodes.get(firstStuck).stuck) {
        firstStuck++;
      }
      return firstStuck < nodes.size() ? nodes.get(firstStuck).ticket() : Long.MAX_VALUE;
    }
  }

  /** Those whom others in one mode may hold up, by ticket once all are there. */
  private static final class Followers {
    final List<Obstacle> obstacles = new ArrayList<>();
    int firstLeft;
  }

  StuckQueue(
      Lock lock, LockMap lockMap, Function<Waiting, StuckNode> nodeOf, Consumer<StuckNode> freed) {
    this.lock = lock;
    this.lockMap = lockMap;
    this.nodeOf = nodeOf;
    this.freed = freed;
  }

  /** One that waits here; all who came before it, and may hold it up, are collected too. */
  void add(StuckNode node, Need need) {
    Waiting request = node.request;
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(Modes.conflictsOf(need.mode()), mode)) {
        converting[mode] = collect(converting[mode], lock.converting(mode), request.ticket());
        if (!request.converts()) {
          waiting[mode] = collect(waiting[mode], lock.waiting(mode), request.ticket());
        }
      }
    }
    Obstacle obstacle = new Obstacle(node, need);
    node.queued.add(obstacle);
    if (lockMap.hasPassedAnyAt(lock, need, request)) {
      passers.add(obstacle);
    } else {
      @Nullable Followers[] byMode = request.converts() ? conversions : requests;
      Followers followers = byMode[need.mode()];
      if (followers == null) {
        followers = new Followers();
        byMode[need.mode()] = followers;
      }
      followers.obstacles.add(obstacle);
    }
  }

  private @Nullable Line collect(
      @Nullable Line line, @Nullable Numbered<Waiting> queued, long beforeTicket) {
    if (queued == null) {
      return line;
    }
    Line longer = line == null ? new Line() : line;
    for (Waiting next = queued.after(longer.lastTicket);
        next != null && next.ticket() < beforeTicket;
        next = queued.after(longer.lastTicket)) {
      longer.nodes.add(nodeOf.apply(next));
      longer.lastTicket = next.ticket();
    }
    return longer;
  }

  /** All are here: lifts what is no obstacle. */
  void begin() {
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      sort(requests[mode]);
      sort(conversions[mode]);
      liftInFront(requests[mode], mode, false);
      liftInFront(conversions[mode], mode, true);
    }
    passers.forEach(this::watch);
  }

  private static void sort(@Nullable Followers followers) {
    if (followers != null) {
      followers.obstacles.sort(Comparator.comparingLong(Obstacle::ticket));
    }
  }

  /** One that waits here is not stuck any more. */
  void left(int mode) {
    for (int other = 1; other < Modes.COUNT; other++) {
      if (Modes.contains(Modes.conflictsOf(mode), other)) {
        liftInFront(requests[other], other, false);
        liftInFront(conversions[other], other, true);
      }
    }
  }

  /** Lifts the obstacles of those before whom nobody is stuck. */
  private void liftInFront(@Nullable Followers followers, int mode, boolean conversionsOnly) {
    if (followers == null) {
      return;
    }
    long firstStuck = Long.MAX_VALUE;
    for (int other = 1; other < Modes.COUNT; other++) {
      if (Modes.contains(Modes.conflictsOf(mode), other)) {
        firstStuck = Math.min(firstStuck, firstStuckIn(converting[other]));
        if (!conversionsOnly) {
          firstStuck = Math.min(firstStuck, firstStuckIn(waiting[other]));
        }
      }
    }
    while (followers.firstLeft < followers.obstacles.size()
        && followers.obstacles.get(followers.firstLeft).ticket() <= firstStuck) {
      lift(followers.obstacles.get(followers.firstLeft));
      followers.firstLeft++;
    }
  }

  private static long firstStuckIn(@Nullable Line line) {
    return line == null ? Long.MAX_VALUE : line.firstStuckTicket();
  }

  /** Has a passer looked at again when the first that holds it up is freed; or lifts. */
  private void watch(Obstacle passer) {
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(Modes.conflictsOf(passer.need.mode()), mode)) {
        StuckNode first = firstBefore(converting[mode], passer);
        if (first == null && !passer.node.request.converts()) {
          first = firstBefore(waiting[mode], passer);
        }
        if (first != null) {
          first.watchers.add(passer);
          return;
        }
      }
    }
    lift(passer);
  }

  /** The one that it stood behind is free. */
  void watchAgain(Obstacle passer) {
    if (!passer.lifted) {
      watch(passer);
    }
  }

  private @Nullable StuckNode firstBefore(@Nullable Line line, Obstacle follower) {
    if (line == null) {
      return null;
    }
    line.firstStuckTicket();
    for (int i = line.firstStuck; i < line.nodes.size(); i++) {
      StuckNode node = line.nodes.get(i);
      if (node.ticket() >= follower.ticket()) {
        return null;
      }
      if (node.stuck && !lockMap.hasPassed(follower.node.request, node.request)) {
        return node;
      }
    }
    return null;
  }

  /** Those who are stuck and hold one up here, the latest first. */
  List<Waiting> stuckBefore(Obstacle follower) {
    List<Waiting> stuck = new ArrayList<>();
    for (int mode = 1; mode < Modes.COUNT; mode++) {
      if (Modes.contains(Modes.conflictsOf(follower.need.mode()), mode)) {
        addStuckBefore(stuck, converting[mode], follower);
        if (!follower.node.request.converts()) {
          addStuckBefore(stuck, waiting[mode], follower);
        }
      }
    }
    stuck.sort(Comparator.comparingLong(Waiting::ticket).reversed());
    return stuck;
  }

  private void addStuckBefore(List<Waiting> stuck, @Nullable Line line, Obstacle follower) {
    if (line == null) {
      return;
    }
    line.firstStuckTicket();
    for (int i = line.firstStuck; i < line.nodes.size(); i++) {
      StuckNode node = line.nodes.get(i);
      if (node.ticket() >= follower.ticket()) {
        return;
      }
      if (node.stuck && !lockMap.hasPassed(follower.node.request, node.request)) {
        stuck.add(node.request);
      }
    }
  }

  /** Nobody holds it up here any more. */
  void lift(Obstacle obstacle) {
    if (obstacle.lift()) {
      freed.accept(obstacle.node);
    }
  }
}
