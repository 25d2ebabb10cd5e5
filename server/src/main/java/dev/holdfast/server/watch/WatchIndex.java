package dev.holdfast.server.watch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Watchers by what they watch, so that those of a lock are found by looking its name up, and the
 * names above it.
 */
final class WatchIndex {
  private final Map<String, Set<WatchStream>> byLock = new HashMap<>();
  private final Map<String, Set<WatchStream>> byPrefix = new HashMap<>();
  private final Set<WatchStream> all = new LinkedHashSet<>();

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** In the order in which they came. */
  List<WatchStream> all() {
    return new ArrayList<>(all);
  }

  void add(WatchStream stream) {
    all.add(stream);
    tableOf(stream.target)
        .computeIfAbsent(stream.target.name(), _ -> new LinkedHashSet<>())
        .add(stream);
  }

  void remove(WatchStream stream) {
    if (!all.remove(stream)) {
      return;
    }
    Map<String, Set<WatchStream>> table = tableOf(stream.target);
    Set<WatchStream> same = table.get(stream.target.name());
    if (same != null && same.remove(stream) && same.isEmpty()) {
      table.remove(stream.target.name());
    }
  }

  private Map<String, Set<WatchStream>> tableOf(WatchTarget target) {
    return target.below() ? byPrefix : byLock;
  }

  /** Finds those who watch a lock. One who does so in several ways may be found more than once. */
  void find(String lock, Consumer<WatchStream> found) {
    if (!byLock.isEmpty()) {
      byLock.getOrDefault(lock, Set.of()).forEach(found);
    }
    if (byPrefix.isEmpty()) {
      return;
    }
    byPrefix.getOrDefault("", Set.of()).forEach(found);
    for (int slash = lock.indexOf('/'); slash >= 0; slash = lock.indexOf('/', slash + 1)) {
      byPrefix.getOrDefault(lock.substring(0, slash), Set.of()).forEach(found);
    }
    byPrefix.getOrDefault(lock, Set.of()).forEach(found);
  }
}
