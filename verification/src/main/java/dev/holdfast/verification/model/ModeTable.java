package dev.holdfast.verification.model;

import static dev.holdfast.protocol.v1.LockMode.LOCK_MODE_IS;
import static dev.holdfast.protocol.v1.LockMode.LOCK_MODE_IX;
import static dev.holdfast.protocol.v1.LockMode.LOCK_MODE_NL;
import static dev.holdfast.protocol.v1.LockMode.LOCK_MODE_S;
import static dev.holdfast.protocol.v1.LockMode.LOCK_MODE_SIX;
import static dev.holdfast.protocol.v1.LockMode.LOCK_MODE_X;

import dev.holdfast.protocol.v1.LockMode;
import java.util.List;

/** The tables of modes, written as they are printed in the page on semantics. */
public final class ModeTable {

  /** Weak ones first, so that the first mode found to cover something is the least that does. */
  private static final List<LockMode> WEAK_TO_STRONG =
      List.of(LOCK_MODE_NL, LOCK_MODE_IS, LOCK_MODE_IX, LOCK_MODE_S, LOCK_MODE_SIX, LOCK_MODE_X);

  private static final String[] COMPATIBLE = {
    //        NL   IS   IX   S    SIX  X
    /* NL  */ "yes, yes, yes, yes, yes, yes",
    /* IS  */ "yes, yes, yes, yes, yes, no",
    /* IX  */ "yes, yes, yes, no,  no,  no",
    /* S   */ "yes, yes, no,  yes, no,  no",
    /* SIX */ "yes, yes, no,  no,  no,  no",
    /* X   */ "yes, no,  no,  no,  no,  no",
  };

  /** {@code NL < IS < {IX, S} < SIX < X}: does the mode of the row cover the mode of the column? */
  private static final String[] COVERS = {
    //        NL   IS   IX   S    SIX  X
    /* NL  */ "yes, no,  no,  no,  no,  no",
    /* IS  */ "yes, yes, no,  no,  no,  no",
    /* IX  */ "yes, yes, yes, no,  no,  no",
    /* S   */ "yes, yes, no,  yes, no,  no",
    /* SIX */ "yes, yes, yes, yes, yes, no",
    /* X   */ "yes, yes, yes, yes, yes, yes",
  };

  private static final boolean[][] COMPATIBLE_CELLS = cells(COMPATIBLE);
  private static final boolean[][] COVERS_CELLS = cells(COVERS);

  private ModeTable() {}

  /** Whether two owners may hold one lock in these modes at a time. */
  public static boolean compatible(LockMode one, LockMode other) {
    return COMPATIBLE_CELLS[WEAK_TO_STRONG.indexOf(one)][WEAK_TO_STRONG.indexOf(other)];
  }

  public static boolean covers(LockMode strong, LockMode weak) {
    return COVERS_CELLS[WEAK_TO_STRONG.indexOf(strong)][WEAK_TO_STRONG.indexOf(weak)];
  }

  /** The least mode that covers both: S and IX make SIX. */
  public static LockMode leastCovering(LockMode one, LockMode other) {
    return WEAK_TO_STRONG.stream()
        .filter(mode -> covers(mode, one) && covers(mode, other))
        .findFirst()
        .orElseThrow();
  }

  /** What a demand in this mode leaves on every lock above. */
  public static LockMode intention(LockMode mode) {
    return switch (mode) {
      case LOCK_MODE_NL, LOCK_MODE_IS, LOCK_MODE_S -> LOCK_MODE_IS;
      case LOCK_MODE_IX, LOCK_MODE_SIX, LOCK_MODE_X -> LOCK_MODE_IX;
      case LOCK_MODE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("not a mode that can be demanded: " + mode);
    };
  }

  static boolean canBeDemanded(LockMode mode) {
    return WEAK_TO_STRONG.contains(mode);
  }

  private static boolean[][] cells(String[] rows) {
    boolean[][] cells = new boolean[rows.length][rows.length];
    for (int row = 0; row < rows.length; row++) {
      String[] words = rows[row].split(",", -1);
      for (int column = 0; column < words.length; column++) {
        cells[row][column] = words[column].strip().equals("yes");
      }
    }
    return cells;
  }
}
