package dev.holdfast.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.history.ClientLine;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.NodeLine;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
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

  /** Whatever is missing, nothing is invented. */
  @Test
  void parts_of_right_histories_break_no_rule() {
    for (long seed = first(); seed < last(); seed++) {
      List<HistoryLine> whole = ToyRun.of(seed, STEPS);
      Random random = new Random(seed);
      int end = 1 + random.nextInt(whole.size());
      int node = 1 + random.nextInt(2);
      for (List<HistoryLine> part :
          List.of(
              whole.subList(0, end),
              only(whole, line -> line instanceof ClientLine),
              only(whole, line -> line instanceof NodeLine),
              only(whole.subList(0, end), line -> isNot(line, "n" + node)),
              only(whole, line -> line instanceof NodeLine || random.nextInt(3) > 0),
              only(whole.subList(0, end), line -> line instanceof NodeLine || random.nextBoolean()),
              withGap(whole, random))) {
        assertThat(checkerOf(part).finish())
            .as("seed %d: -Dholdfast.seed=%d", seed, seed)
            .isEmpty();
      }
    }
  }

  private static List<HistoryLine> only(List<HistoryLine> lines, Predicate<HistoryLine> which) {
    return lines.stream().filter(which).toList();
  }

  private static boolean isNot(HistoryLine line, String node) {
    return !(line instanceof NodeLine told && told.node().equals(node));
  }

  /** A stretch of lines is missing, and the recording says so. */
  private static List<HistoryLine> withGap(List<HistoryLine> lines, Random random) {
    int from = 1 + random.nextInt(lines.size() - 1);
    int to = from + random.nextInt(lines.size() - from);
    List<HistoryLine> rest = new ArrayList<>(lines.subList(0, from));
    rest.add(new HistoryLine.Dropped(to - from));
    rest.addAll(lines.subList(to, lines.size()));
    return rest;
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
