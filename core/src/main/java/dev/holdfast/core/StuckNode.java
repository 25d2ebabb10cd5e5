package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A waiting request in a {@link Reduction}, with its owner: stuck until nothing holds it up. */
final class StuckNode {
  final Waiting request;
  final Owner owner;
  boolean stuck = true;

  /** The obstacles that are not lifted. */
  int obstaclesLeft;

  /** Where it comes after others, need by need. */
  final List<Obstacle> queued = new ArrayList<>();

  /** Whom it is in the way of by what it holds. */
  final List<StuckHolders> holds = new ArrayList<>();

  /** Requests that have passed somebody, as long as it is this one that they stand behind. */
  final List<Obstacle> watchers = new ArrayList<>();

  /** Who found it in the last walk; null if nobody did. */
  @Nullable StuckNode foundBy;

  /** How many it found itself in the last walk, as far as they are stuck still. */
  int foundStuck;

  /**
   * What holds a request up at one lock: the stuck ones among the holders, or among those who came
   * earlier.
   */
  static final class Obstacle {
    final StuckNode node;
    final Need need;
    boolean lifted;

    Obstacle(StuckNode node, Need need) {
      this.node = node;
      this.need = need;
      node.obstaclesLeft++;
    }

    /** Tells whether nothing holds the request up any more. */
    boolean lift() {
      if (lifted) {
        return false;
      }
      lifted = true;
      node.obstaclesLeft--;
      return node.obstaclesLeft == 0;
    }

    long ticket() {
      return node.request.ticket();
    }
  }

  StuckNode(Waiting request, Owner owner) {
    this.request = request;
    this.owner = owner;
  }

  long ticket() {
    return request.ticket();
  }

  void forgetWalk() {
    foundBy = null;
    foundStuck = 0;
  }

  /** How many permits its owner has of a semaphore. */
  int permitsOf(String lock) {
    Owner.Held held = owner.heldAt(lock);
    return held == null ? 0 : held.permits;
  }

  /** Whether its owner holds a lock in one of a set of modes. */
  boolean holdsIn(int modes, String lock) {
    Owner.Held held = owner.heldAt(lock);
    return held != null && (held.modes() & modes) != 0;
  }

  static StuckNode of(Waiting request, LockMap lockMap) {
    return new StuckNode(request, Objects.requireNonNull(lockMap.owner(request.owner())));
  }
}
