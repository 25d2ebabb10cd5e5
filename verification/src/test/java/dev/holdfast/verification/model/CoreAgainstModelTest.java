package dev.holdfast.verification.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Core and the slow obvious model go through the same random logs. {@code -Dholdfast.seeds=N} runs
 * N seeds, {@code -Dholdfast.seed=N} one of them, with its trace.
 */
final class CoreAgainstModelTest {
  /** So many seeds come upon every refusal and event; ten times as many are for a run by hand. */
  private static final long EVERYTHING_OCCURS = 5_000;

  private static final long SEEDS = Long.getLong("holdfast.seeds", EVERYTHING_OCCURS);

  private static final List<RefusalReason> REFUSALS =
      List.of(
          RefusalReason.HELD_BY_ANOTHER,
          RefusalReason.WAITED_FOR_BY_ANOTHER,
          RefusalReason.ALREADY_HELD,
          RefusalReason.ALREADY_WAITING,
          RefusalReason.RESERVED,
          RefusalReason.KIND_MISMATCH,
          RefusalReason.NOT_HOLDER,
          RefusalReason.STALE_TOKEN,
          RefusalReason.WAIT_TIMED_OUT,
          RefusalReason.CANCELLED,
          RefusalReason.SESSION_EXPIRED,
          RefusalReason.DEADLOCK,
          RefusalReason.QUEUE_FULL,
          RefusalReason.TOO_MANY_LOCKS,
          RefusalReason.LIMIT_MISMATCH,
          RefusalReason.INVALID_NAME,
          RefusalReason.STALE_REQUEST,
          RefusalReason.INVALID_REQUEST,
          RefusalReason.UNKNOWN_SESSION,
          RefusalReason.WRONG_SECRET,
          RefusalReason.NOT_FIXED_LEASE,
          RefusalReason.MODE_TOO_WEAK,
          RefusalReason.INVALID_FILE_NAME,
          RefusalReason.APPEND_TOO_LARGE,
          RefusalReason.NOT_WAITING);

  private static final List<String> EVENTS =
      List.of(
          "SessionOpened",
          "SessionEnded CLOSED",
          "SessionEnded EXPIRED",
          "RequestQueued",
          "RequestQueued, a conversion",
          "RequestPassed",
          "RequestLeft CANCELLED",
          "RequestLeft TIMED_OUT",
          "RequestLeft SESSION_ENDED",
          "RequestLeft DEADLOCK_VICTIM",
          "RequestLeft GRANT_ENDED",
          "LockGranted REQUESTED",
          "LockGranted REQUESTED after waiting",
          "LockGranted EXTENDED",
          "LockGranted CONVERTED",
          "LockGranted CONVERTED after waiting",
          "LockGranted HANDED_OVER",
          "LockConverted",
          "LockReleased RELEASED",
          "LockReleased RELEASED, reserved",
          "LockReleased EXTENDED",
          "LockReleased LEASE_EXPIRED",
          "LockReleased LEASE_EXPIRED, reserved",
          "LockReleased SESSION_CLOSED",
          "LockReleased SESSION_CLOSED, reserved",
          "LockReleased SESSION_EXPIRED",
          "LockReleased SESSION_EXPIRED, reserved",
          "LockReleased FORCE_RELEASED",
          "LockReleased FORCE_RELEASED, reserved",
          "LockReleased CONVERTED",
          "LockReleased HANDED_OVER",
          "ReservationEnded by time",
          "ReservationEnded by an operator",
          "LockValueChanged set",
          "LockValueChanged removed",
          "LockValueChanged invalid",
          "FileAppended",
          "FileRolledBack",
          "FileDeleted",
          "RevocationRequested by a session",
          "RevocationRequested by an operator",
          "DeadlockFound");

  /** A mistake that takes more seeds than this would be found by luck. */
  private static final long SEEDS_TO_FIND_A_MISTAKE = 500;

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void core_does_what_the_model_does() {
    Long only = Long.getLong("holdfast.seed");
    if (only != null) {
      System.out.println(SeedRun.traceOf(only, LockModel::new));
      SeedRun.check(only, LockModel::new, new Tally());
      return;
    }
    Tally tally = new Tally();
    for (long seed = 1; seed <= SEEDS; seed++) {
      SeedRun.check(seed, LockModel::new, tally);
    }
    System.out.println("in " + SEEDS + " seeds, " + tally.told());
    if (SEEDS >= EVERYTHING_OCCURS) {
      requireThatEverythingOccurred(tally);
    }
  }

  /** Refusals that only large states produce are in {@link LimitsAgainstModelTest}. */
  private static void requireThatEverythingOccurred(Tally tally) {
    assertThat(tally.refusals()).containsExactlyInAnyOrderElementsOf(REFUSALS);
    assertThat(tally.deadlockLengths()).contains(2, 3, 4);
    assertThat(tally.events()).containsExactlyInAnyOrderElementsOf(EVENTS);
  }

  @Test
  void a_seed_runs_the_same_way_every_time() {
    assertThat(SeedRun.traceOf(7, LockModel::new)).isEqualTo(SeedRun.traceOf(7, LockModel::new));
  }

  @ParameterizedTest
  @EnumSource
  @Execution(ExecutionMode.CONCURRENT)
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
