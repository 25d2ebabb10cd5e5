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
  private final Map<String, Held> heldByLock = new TreeMap<>();

  Owner(OwnerKey key) {
    this.key = key;
  }

  boolean isUnused() {
    return waiting == null && heldByLock.isEmpty();
  }

  @Nullable Held heldAt(String lock) {
    return heldByLock.get(lock);
  }

  void add(Grant grant, Need need) {
    Held held = heldByLock.computeIfAbsent(need.lock(), lock -> new Held());
    held.counts[need.mode()]++;
    if (need.explicit()) {
      held.explicit = grant;
    }
  }

  void remove(Need need) {
    Held held = heldByLock.get(need.lock());
    if (held == null) {
      throw new IllegalStateException("owner " + key + " holds nothing at " + need.lock());
    }
    held.counts[need.mode()]--;
    if (need.explicit()) {
      held.explicit = null;
    }
    if (held.joinedMode() == 0) {
      heldByLock.remove(need.lock());
    }
  }

  /**
   * What an owner holds at one lock: one grant that names it at most, and intentions of grants
   * below.
   */
  static final class Held {
    final int[] counts = new int[Modes.COUNT];
    @Nullable Grant explicit;

    /** The least mode that covers all; 0 when nothing is held. */
    int joinedMode() {
      int joined = 0;
      for (int mode = 1; mode < Modes.COUNT; mode++) {
        if (counts[mode] > 0) {
          joined = Modes.join(joined, mode);
        }
      }
      return joined;
    }
  }
}
