package dev.holdfast.core;

import dev.holdfast.core.StuckNode.Obstacle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Those who hold one lock so that one mode cannot stand beside them, or who hold permits of it, as
 * far as they wait themselves; and the requests that they are in the way of. A number tells all of
 * these requests whether anybody is left who is stuck, so that a thousand who wait for a thousand
 * are not a million edges.
 */
final class StuckHolders {
  private final String lock;
  private final int mode;
  private final Consumer<StuckNode> freed;
  private final List<StuckNode> members = new ArrayList<>();
  private final List<Obstacle> obstacles = new ArrayList<>();
  private int stuckMembers;
  private long stuckPermits;

  /** Of the obstacles in the order of {@link #permitsMissing}, the first that is not lifted. */
  private int firstLeft;

  StuckHolders(String lock, int mode, Consumer<StuckNode> freed) {
    this.lock = lock;
    this.mode = mode;
    this.freed = freed;
  }

  private boolean isOfPermits() {
    return mode == Modes.PERMITS;
  }

  /** One who holds and waits; may come several times, but all members come in one go. */
  void addMember(StuckNode node) {
    if (!node.holds.isEmpty() && node.holds.getLast() == this) {
      return;
    }
    node.holds.add(this);
    members.add(node);
    stuckMembers++;
    stuckPermits += node.permitsOf(lock);
  }

  void addObstacle(StuckNode node, Need need) {
    obstacles.add(new Obstacle(node, need));
  }

  /** All are here: lifts what is no obstacle. */
  void begin() {
    if (isOfPermits()) {
      obstacles.sort(Comparator.comparingLong(this::permitsMissing));
      liftPermits();
      return;
    }
    for (Obstacle obstacle : obstacles) {
      if (stuckMembers - (isMember(obstacle.node) ? 1 : 0) == 0) {
        lift(obstacle);
      }
    }
  }

  /** One of the members gives back all that it has. */
  void leave(StuckNode member) {
    stuckMembers--;
    if (isOfPermits()) {
      stuckPermits -= member.permitsOf(lock);
      liftPermits();
    } else if (stuckMembers == 0) {
      obstacles.forEach(this::lift);
    } else if (stuckMembers == 1) {
      // Nobody is in his own way.
      obstacles.stream()
          .filter(obstacle -> obstacle.node.stuck && isMember(obstacle.node))
          .forEach(this::lift);
    }
  }

  private boolean isMember(StuckNode node) {
    return node.holdsIn(Modes.conflictsOf(mode), lock);
  }

  /** What a request wants beside what it has, and so how few the stuck ones must leave. */
  private long permitsMissing(Obstacle obstacle) {
    return (long) obstacle.need.permits() - obstacle.node.permitsOf(lock);
  }

  private void liftPermits() {
    while (firstLeft < obstacles.size()) {
      Obstacle obstacle = obstacles.get(firstLeft);
      if (stuckPermits + permitsMissing(obstacle) > obstacle.need.limit()) {
        return;
      }
      firstLeft++;
      lift(obstacle);
    }
  }

  private void lift(Obstacle obstacle) {
    if (obstacle.lift()) {
      freed.accept(obstacle.node);
    }
  }
}
