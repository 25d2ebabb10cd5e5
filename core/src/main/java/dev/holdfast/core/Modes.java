package dev.holdfast.core;

import dev.holdfast.protocol.v1.LockMode;

/**
 * The table of lock modes: which exclude each other, which covers which, what a mode means for the
 * locks above.
 *
 * <p>After Gray, Lorie, Putzolu and Traiger, "Granularity of Locks and Degrees of Consistency in a
 * Shared Data Base" (1976). Modes are handled as their wire numbers, sets of modes as bit masks.
 */
final class Modes {
  /** One more than the largest mode number: the length of arrays by mode. */
  static final int COUNT = 8;

  /**
   * Permits of a semaphore: no mode of the wire. Conflicts with itself, as those who wait for
   * permits stand strictly one behind the other; whether permits fit is a sum and not in the table.
   */
  static final int PERMITS = 7;

  private static final int NL = LockMode.LOCK_MODE_NL_VALUE;
  private static final int IS = LockMode.LOCK_MODE_IS_VALUE;
  private static final int IX = LockMode.LOCK_MODE_IX_VALUE;
  private static final int S = LockMode.LOCK_MODE_S_VALUE;
  private static final int SIX = LockMode.LOCK_MODE_SIX_VALUE;
  private static final int X = LockMode.LOCK_MODE_X_VALUE;

  /** By mode: the modes of others that it cannot stand beside. */
  private static final int[] CONFLICTS = new int[COUNT];

  static {
    CONFLICTS[NL] = 0;
    CONFLICTS[IS] = bit(X);
    CONFLICTS[IX] = bit(S) | bit(SIX) | bit(X);
    CONFLICTS[S] = bit(IX) | bit(SIX) | bit(X);
    CONFLICTS[SIX] = bit(IX) | bit(S) | bit(SIX) | bit(X);
    CONFLICTS[X] = bit(IS) | bit(IX) | bit(S) | bit(SIX) | bit(X);
    CONFLICTS[PERMITS] = bit(PERMITS);
  }

  private Modes() {}

  static int bit(int mode) {
    return 1 << mode;
  }

  static boolean contains(int set, int mode) {
    return (set & bit(mode)) != 0;
  }

  /** The modes that {@code mode} cannot stand beside. Symmetric. */
  static int conflictsOf(int mode) {
    return CONFLICTS[mode];
  }

  /** The modes that cannot stand beside at least one of a set. */
  static int conflictsOfAll(int set) {
    int conflicts = 0;
    for (int mode = NL; mode < COUNT; mode++) {
      if (contains(set, mode)) {
        conflicts |= CONFLICTS[mode];
      }
    }
    return conflicts;
  }

  static boolean excludesItself(int mode) {
    return contains(CONFLICTS[mode], mode);
  }

  /** The least mode that covers both; 0 stands for no mode at all. */
  static int join(int a, int b) {
    if ((a == IX && b == S) || (a == S && b == IX)) {
      return SIX;
    }
    return Math.max(a, b);
  }

  static boolean covers(int held, int wanted) {
    return join(held, wanted) == held;
  }

  /** What holding a lock in {@code mode} means for every lock above it. */
  static int intentionOf(int mode) {
    return mode == IX || mode == SIX || mode == X || mode == PERMITS ? IX : IS;
  }

  /** The wire's word; unspecified for permits. */
  static LockMode wire(int mode) {
    return mode == PERMITS ? LockMode.LOCK_MODE_UNSPECIFIED : LockMode.forNumber(mode);
  }

  /**
   * Whether a grant in this mode may set the lock's value, and leaves it in doubt when it ends
   * uncleanly.
   */
  static boolean mayWriteValue(int mode) {
    return mode == SIX || mode == X;
  }

  static boolean isMode(LockMode mode) {
    return mode != LockMode.LOCK_MODE_UNSPECIFIED && mode != LockMode.UNRECOGNIZED;
  }
}
