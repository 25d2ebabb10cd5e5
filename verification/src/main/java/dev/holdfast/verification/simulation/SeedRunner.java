package dev.holdfast.verification.simulation;

import java.util.function.LongFunction;

/**
 * Runs a seed and tells what came of it in words that every class loader knows, so that a product
 * with a planted bug, loaded beside the real one, can be run as well.
 */
public final class SeedRunner implements LongFunction<String> {
  /**
   * Runs a seed.
   *
   * @return the number of events, then, after a space, the rule that was broken and how, if one was
   */
  @Override
  public String apply(long seed) {
    Simulation.Report report = Simulation.run(seed);
    return report.events() + (report.isGood() ? "" : " " + report.failure());
  }
}
