package dev.holdfast.verification.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Core and the slow obvious model go through the same random logs. {@code -Dholdfast.seeds=N} runs
 * N seeds, {@code -Dholdfast.seed=N} one of them, with its trace.
 */
final class CoreAgainstModelTest {
  private static final long SEEDS = Long.getLong("holdfast.seeds", 10_000);

  /** A mistake that takes more seeds than this would be found by luck. */
  private static final long SEEDS_TO_FIND_A_MISTAKE = 500;

  @Test
  void core_does_what_the_model_does() {
    Long only = Long.getLong("holdfast.seed");
    if (only != null) {
      System.out.println(SeedRun.traceOf(only, LockModel::new));
      SeedRun.check(only, LockModel::new);
      return;
    }
    for (long seed = 1; seed <= SEEDS; seed++) {
      SeedRun.check(seed, LockModel::new);
    }
  }

  @Test
  void a_seed_runs_the_same_way_every_time() {
    assertThat(SeedRun.traceOf(7, LockModel::new)).isEqualTo(SeedRun.traceOf(7, LockModel::new));
  }

  /** Those that only large states produce are in {@link LimitsAgainstModelTest}. */
  @Test
  void made_up_logs_come_upon_every_refusal_of_core() {
    EnumMap<RefusalReason, Integer> counts = new EnumMap<>(RefusalReason.class);
    for (long seed = 1; seed <= 200; seed++) {
      for (Answer answer : SeedRun.answersIn(seed)) {
        if (answer.hasRefused()) {
          counts.merge(answer.getRefused().getReason(), 1, Integer::sum);
        }
      }
    }
    System.out.println("refusals in 200 seeds: " + counts);
    assertThat(counts.keySet())
        .containsExactlyInAnyOrder(
            RefusalReason.HELD_BY_ANOTHER,
            RefusalReason.WAITED_FOR_BY_ANOTHER,
            RefusalReason.ALREADY_HELD,
            RefusalReason.ALREADY_WAITING,
            RefusalReason.NOT_HOLDER,
            RefusalReason.STALE_TOKEN,
            RefusalReason.WAIT_TIMED_OUT,
            RefusalReason.CANCELLED,
            RefusalReason.SESSION_EXPIRED,
            RefusalReason.QUEUE_FULL,
            RefusalReason.TOO_MANY_LOCKS,
            RefusalReason.INVALID_NAME,
            RefusalReason.STALE_REQUEST,
            RefusalReason.INVALID_REQUEST,
            RefusalReason.NOT_FIXED_LEASE);
  }

  @ParameterizedTest
  @EnumSource
  void the_comparison_sees_a_model_with_a_mistake(WrongModel mistake) {
    List<Long> tried = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS_TO_FIND_A_MISTAKE; seed++) {
      tried.add(seed);
      if (SeedRun.findsDifference(seed, mistake::model)) {
        System.out.println(mistake + " was found in seed " + seed);
        return;
      }
    }
    assertThat(tried).as("seeds in which %s went unseen", mistake).isEmpty();
  }
}
