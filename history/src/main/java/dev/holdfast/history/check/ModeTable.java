package dev.holdfast.history.check;

import dev.holdfast.history.LockMode;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which modes stand beside each other, written down from the table in {@code docs/semantics.md} and
 * from nowhere else.
 */
final class ModeTable {
  private static final Map<LockMode, Set<LockMode>> COMPATIBLE = new EnumMap<>(LockMode.class);

  static {
    COMPATIBLE.put(LockMode.NL, EnumSet.allOf(LockMode.class));
    COMPATIBLE.put(
        LockMode.IS, EnumSet.of(LockMode.NL, LockMode.IS, LockMode.IX, LockMode.S, LockMode.SIX));
    COMPATIBLE.put(LockMode.IX, EnumSet.of(LockMode.NL, LockMode.IS, LockMode.IX));
    COMPATIBLE.put(LockMode.S, EnumSet.of(LockMode.NL, LockMode.IS, LockMode.S));
    COMPATIBLE.put(LockMode.SIX, EnumSet.of(LockMode.NL, LockMode.IS));
    COMPATIBLE.put(LockMode.X, EnumSet.of(LockMode.NL));
    // Permits and modes are never on one lock, which is a rule of its own. Among those who wait,
    // permits exclude each other: whoever came first is served first. Holders are counted instead.
    COMPATIBLE.values().forEach(others -> others.add(LockMode.PERMITS));
    COMPATIBLE.put(LockMode.PERMITS, EnumSet.complementOf(EnumSet.of(LockMode.PERMITS)));
  }

  private static final Map<LockMode, Set<LockMode>> CONFLICTING = new EnumMap<>(LockMode.class);

  static {
    COMPATIBLE.forEach(
        (mode, others) -> CONFLICTING.put(mode, EnumSet.complementOf(EnumSet.copyOf(others))));
  }

  private ModeTable() {}

  static boolean compatible(LockMode one, LockMode other) {
    return COMPATIBLE.getOrDefault(one, Set.of()).contains(other);
  }

  /** The modes that exclude this one. */
  static Set<LockMode> conflictingWith(LockMode mode) {
    return CONFLICTING.getOrDefault(mode, Set.of());
  }

  /** The least mode that means both. */
  static LockMode join(LockMode one, LockMode other) {
    boolean shareAndIntend =
        (one == LockMode.S && other == LockMode.IX) || (one == LockMode.IX && other == LockMode.S);
    if (shareAndIntend) {
      return LockMode.SIX;
    }
    return one.compareTo(other) >= 0 ? one : other;
  }

  static boolean covers(LockMode held, LockMode wanted) {
    return join(held, wanted) == held;
  }

  /** What a mode on a lock means for every lock above it. */
  static LockMode above(LockMode mode) {
    return switch (mode) {
      case NL, IS, S -> LockMode.IS;
      case IX, SIX, X, PERMITS -> LockMode.IX;
    };
  }
}
