package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaderClockTest {
  private final FakeClock nanos = new FakeClock();
  private final LeaderClock clock = new LeaderClock(nanos);

  @Test
  void starts_at_the_clock_of_the_last_applied_entry() {
    clock.start(1, 42_000);
    assertThat(clock.nowMillis()).isEqualTo(42_000);
  }

  @Test
  void advances_with_the_monotonic_clock_and_loses_no_fraction() {
    clock.start(1, 0);
    for (int i = 0; i < 1_000; i++) {
      nanos.advanceNanos(1_500_000);
      clock.nowMillis();
    }
    assertThat(clock.nowMillis()).isEqualTo(1_500);
  }

  @Test
  void a_pause_counts_for_200_ms_at_most() {
    clock.start(1, 1_000);
    nanos.advanceMillis(60_000);
    assertThat(clock.nowMillis()).isEqualTo(1_200);
  }

  @Test
  void the_ticker_keeps_an_idle_leader_from_losing_time() {
    clock.start(1, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(clock.nextTickNanos() - nanos.nanoTime()).isEqualTo(LeaderClock.TICK_NANOS);
      nanos.advanceMillis(100);
      clock.advance();
    }
    assertThat(clock.nowMillis()).isEqualTo(10_000);
  }

  @Test
  void a_monotonic_clock_that_jumps_back_is_not_believed() {
    clock.start(1, 500);
    nanos.advanceMillis(-10_000);
    assertThat(clock.nowMillis()).isEqualTo(500);
    nanos.advanceMillis(10);
    assertThat(clock.nowMillis()).isEqualTo(510);
  }

  @Test
  void time_without_leadership_is_charged_to_nobody() {
    clock.start(1, 0);
    nanos.advanceMillis(100);
    clock.stop();
    nanos.advanceMillis(5_000);
    clock.start(3, 90);
    assertThat(clock.nowMillis()).isEqualTo(90);
  }

  @Test
  void the_same_term_gained_again_goes_on_behind_the_stamps_in_flight() {
    clock.start(1, 0);
    nanos.advanceMillis(150);
    assertThat(clock.nowMillis()).isEqualTo(150);
    clock.stop();
    clock.start(1, 20);
    assertThat(clock.nowMillis()).isEqualTo(150);
  }

  @Test
  void tells_how_long_until_a_deadline() {
    clock.start(1, 1_000);
    assertThat(clock.nanosUntil(1_010)).isEqualTo(10_000_000);
    nanos.advanceNanos(9_999_999);
    assertThat(clock.nanosUntil(1_010)).isEqualTo(1);
    nanos.advanceNanos(1);
    assertThat(clock.nanosUntil(1_010)).isZero();
    assertThat(clock.nowMillis()).isEqualTo(1_010);
    assertThat(clock.nanosUntil(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }
}
