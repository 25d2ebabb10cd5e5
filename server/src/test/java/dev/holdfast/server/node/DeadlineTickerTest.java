package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlineTickerTest {
  private final FakeClock nanos = new FakeClock();
  private final LeaderClock clock = new LeaderClock(nanos);
  private final DeadlineTicker ticker = new DeadlineTicker(clock);

  @BeforeEach
  void lead() {
    clock.start(1, 10_000);
    ticker.onLeadershipGained(nanos.nanoTime());
  }

  private void stamp() {
    ticker.onStamped(clock.nowMillis(), nanos.nanoTime());
  }

  private void pass(long millis) {
    for (long left = millis; left > 0; left -= 100) {
      nanos.advanceMillis(Math.min(left, 100));
      clock.advance();
    }
  }

  private boolean isDue() {
    return ticker.isDue(nanos.nanoTime());
  }

  @Test
  void without_deadlines_there_is_no_tick_however_long_it_takes() {
    pass(1_000_000);
    assertThat(isDue()).isFalse();
    assertThat(ticker.nanosUntilDue(nanos.nanoTime())).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_deadline_that_has_come_is_due_once() {
    ticker.onApplied(10_250);
    stamp();
    pass(249);
    assertThat(isDue()).isFalse();
    assertThat(ticker.nanosUntilDue(nanos.nanoTime())).isEqualTo(1_000_000);
    pass(1);
    assertThat(isDue()).isTrue();
    stamp();
    assertThat(isDue()).isFalse();
  }

  @Test
  void a_deadline_is_due_again_when_the_entry_for_it_was_lost() {
    ticker.onApplied(10_100);
    pass(100);
    stamp();
    assertThat(isDue()).isFalse();
    ticker.onNothingInFlight();
    assertThat(isDue()).isTrue();
  }

  @Test
  void while_a_deadline_is_pending_the_clock_is_committed_twice_a_second() {
    ticker.onApplied(1_000_000);
    assertThat(isDue()).as("the last entry of another leader may be long ago").isTrue();
    for (int i = 0; i < 10; i++) {
      stamp();
      assertThat(isDue()).isFalse();
      pass(399);
      assertThat(isDue()).isFalse();
      pass(1);
      assertThat(isDue()).isTrue();
    }
  }

  @Test
  void nobody_ticks_who_does_not_lead() {
    ticker.onApplied(10_001);
    pass(1_000);
    clock.stop();
    assertThat(isDue()).isFalse();
    assertThat(ticker.nanosUntilDue(nanos.nanoTime())).isEqualTo(Long.MAX_VALUE);
  }
}
