package dev.holdfast.history.check;

import dev.holdfast.history.HistoryLine;
import java.util.List;

/** Made-up runs, for tests of other packages. */
public final class ToyRuns {
  private ToyRuns() {}

  /** The lines of a run of so many steps, from one seed. */
  public static List<HistoryLine> of(long seed, int steps) {
    return ToyRun.of(seed, steps);
  }
}
