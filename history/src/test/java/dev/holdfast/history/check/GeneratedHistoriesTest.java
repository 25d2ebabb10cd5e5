package dev.holdfast.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.history.HistoryLine;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Made-up runs of an obvious service: the checker finds nothing in them as they are, and something
 * once they are made wrong in one place. {@code -Dholdfast.seed=N} runs one, {@code
 * -Dholdfast.seeds=N} so many.
 */
final class GeneratedHistoriesTest {
  private static final int STEPS = 300;
  private static final Long ONE_SEED = Long.getLong("holdfast.seed");
  private static final long SEEDS = Long.getLong("holdfast.seeds", 1_000);

  /** What is found whenever it is done: nothing that is done later can hide it. */
  private static final Set<Corruption> ALWAYS_FOUND =
      EnumSet.of(
          Corruption.STEP_LOST_ON_ONE_NODE,
          Corruption.TOKENS_SWAPPED_IN_ANSWERS,
          Corruption.MODE_CHANGED,
          Corruption.RELEASED_BY_ANOTHER,
          Corruption.ANSWERED_TOO_SOON,
          Corruption.ASKED_TOO_LATE,
          Corruption.READ_MISSES_HOLDERS);

  @Test
  void right_histories_break_no_rule() {
    long operations = 0;
    for (long seed = first(); seed < last(); seed++) {
      HistoryChecker checker = checkerOf(ToyRun.of(seed, STEPS));
      assertThat(checker.finish()).as("seed %d: -Dholdfast.seed=%d", seed, seed).isEmpty();
      operations += checker.summary().operations();
    }
    System.out.printf("seeds %d to %d: %d operations%n", first(), last() - 1, operations);
    assertThat(operations).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void wrong_histories_are_told_from_right_ones(Corruption corruption) {
    int made = 0;
    int found = 0;
    for (long seed = first(); seed < Math.min(last(), first() + 300); seed++) {
      Random random = new Random(seed);
      List<HistoryLine> wrong = corruption.apply(ToyRun.of(seed, STEPS), random);
      if (wrong == null) {
        continue;
      }
      made++;
      boolean isFound = !checkerOf(wrong).finish().isEmpty();
      found += isFound ? 1 : 0;
      if (ALWAYS_FOUND.contains(corruption)) {
        assertThat(isFound).as("%s: -Dholdfast.seed=%d", corruption, seed).isTrue();
      }
    }
    System.out.printf("%s: found %d of %d%n", corruption, found, made);
    assertThat(made).isPositive();
    if (ONE_SEED == null) {
      assertThat(found).isPositive();
    }
  }

  private static long first() {
    return ONE_SEED == null ? 1 : ONE_SEED;
  }

  private static long last() {
    return ONE_SEED == null ? 1 + SEEDS : ONE_SEED + 1;
  }

  private static HistoryChecker checkerOf(List<HistoryLine> lines) {
    HistoryChecker checker = new HistoryChecker();
    lines.forEach(checker::add);
    return checker;
  }
}
