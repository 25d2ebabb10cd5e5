package dev.holdfast.core;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one owner holds, lock by lock, and the one request that it may have waiting. Derived, as
 * {@link Lock} is.
 */
final class Owner {
  final OwnerKey key;
  @Nullable Waiting waiting;

  /** The last search for deadlocks that came by, along the edges and against them. */
  long searchedForwards;

  long searchedBackwards;

  private final TreeMap<String, Held> heldByLock = new TreeMap<>();

  Owner(OwnerKey key) {
    this.key = key;
  }

  boolean isUnused() {
    return waiting == null && heldByLock.isEmpty();
  }

  @Nullable Held heldAt(String lock) {
    return heldByLock.get(lock);
  }

  /** Everything held, in the order of names. */
  Map<String, Held> held() {
    return heldByLock;
  }

  /** Tells whether this owner held nothing in that mode there before. */
  boolean add(Grant grant, Need need) {
    Held held = heldByLock.computeIfAbsent(need.lock(), lock -> new Held());
    held.total++;
    held.permits += need.permits();
    if (need.explicit()) {
      held.explicit = grant;
    }
    return held.counts[need.mode()]++ == 0;
  }

  /** Tells whether this owner holds nothing in that mode there any more. */
  boolean remove(Need need) {
    Held held = heldByLock.get(need.lock());
    if (held == null) {
      throw new IllegalStateException("owner " + key + " holds nothing at " + need.lock());
    }
    held.permits -= need.permits();
    if (need.explicit()) {
      held.explicit = null;
    }
    if (--held.total == 0) {
      heldByLock.remove(need.lock());
    }
    return --held.counts[need.mode()] == 0;
  }

  /**
   * What an owner holds at one lock: one grant that names it at most, and intentions of grants
   * below.
   */
  static final class Held {
    final int[] counts = new int[Modes.COUNT];
    int total;
    int permits;
    @Nullable Grant explicit;

    /** The least mode that covers all; 0 when no mode is held. */
    int joinedMode() {
      int joined = 0;
      for (int mode = 1; mode < Modes.PERMITS; mode++) {
        if (counts[mode] > 0) {
          joined = Modes.join(joined, mode);
        }
      }
      return joined;
    }

    /** The modes held, as a set. */
    int modes() {
      int modes = 0;
      for (int mode = 1; mode < Modes.COUNT; mode++) {
        if (counts[mode] > 0) {
          modes |= Modes.bit(mode);
        }
      }
      return modes;
    }
  }
}
