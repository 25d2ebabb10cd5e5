package dev.holdfast.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that decides, in thousands of universes. {@code -Dholdfast.seed=N} runs one seed and
 * prints its trace, {@code -Dholdfast.simulation.seconds=N} tells how long to try fresh ones;
 * {@code verification/simulate} does both outside the build, for hours if wanted.
 */
class SimulationTest {
  private static final int EVERYTHING = Integer.MAX_VALUE;

  /** How long fresh seeds are tried in the build. */
  private static final int SECONDS = Integer.getInteger("holdfast.simulation.seconds", 60);

  static LongStream seedsOfEachBuild() {
    Long one = Long.getLong("holdfast.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, 100);
  }

  @ParameterizedTest
  @MethodSource("seedsOfEachBuild")
  void every_rule_holds(long seed) {
    if (Long.getLong("holdfast.seed") != null) {
      Simulation.run(seed, EVERYTHING).lines().forEach(System.out::println);
    }
    requireGood(Simulation.run(seed));
  }

  @Test
  void every_rule_holds_for_seeds_that_nobody_has_tried() {
    // A seed from the clock is the point; the first one is printed, and the bad one with its trace.
    long first = System.currentTimeMillis() << 20;
    long untilNanos = System.nanoTime() + SECONDS * 1_000_000_000L;
    long seed = first;
    long events = 0;
    long simulatedMillis = 0;
    while (System.nanoTime() < untilNanos) {
      Simulation.Report report = Simulation.run(seed++);
      requireGood(report);
      events += report.events();
      simulatedMillis += report.simulatedMillis();
    }
    System.out.printf(
        Locale.ROOT,
        "fresh seeds %d to %d: %,d events, %,d simulated seconds%n",
        first,
        seed - 1,
        events,
        simulatedMillis / 1_000);
  }

  private static void requireGood(Simulation.Report report) {
    if (!report.isGood()) {
      Simulation.run(report.seed(), Simulation.LINES_SHOWN).lines().forEach(System.out::println);
    }
    assertThat(report.isGood())
        .as(
            "seed %d; repeat with -Dholdfast.seed=%d or verification/simulate seed %d: %s",
            report.seed(), report.seed(), report.seed(), report.failure())
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("someSeeds")
  void the_same_seed_is_the_same_run(long seed) {
    Simulation.Report one = Simulation.run(seed, EVERYTHING);
    Simulation.Report other = Simulation.run(seed, EVERYTHING);
    Simulation.Report withoutLines = Simulation.run(seed);
    assertThat(String.join("\n", one.lines())).isEqualTo(String.join("\n", other.lines()));
    assertThat(withoutLines.traceHash()).isEqualTo(one.traceHash());
    assertThat(withoutLines.events()).isEqualTo(one.events());
  }

  static LongStream someSeeds() {
    return LongStream.rangeClosed(1, 12);
  }

  @Test
  void universes_are_full_of_what_they_are_for() {
    LongRun.Total total =
        LongStream.rangeClosed(1, 60)
            .mapToObj(Simulation::run)
            .reduce(LongRun.Total.NONE, LongRun.Total::plus, LongRun.Total::plus);
    assertThat(total.grants()).as("%s", total).isGreaterThan(60 * 10);
    assertThat(total.leaderships()).as("%s", total).isGreaterThan(60 * 2);
  }
}
