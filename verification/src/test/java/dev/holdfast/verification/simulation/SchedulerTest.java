package dev.holdfast.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time as a universe has it. */
class SchedulerTest {
  private final Scheduler scheduler = new Scheduler();

  @Test
  void things_happen_in_the_order_of_their_times_then_of_their_planning() {
    List<String> happened = new ArrayList<>();
    scheduler.after(20, () -> happened.add("later"));
    scheduler.after(10, () -> happened.add("sooner"));
    scheduler.after(10, () -> happened.add("as soon, planned later"));
    scheduler.runFor(20);
    assertThat(happened).containsExactly("sooner", "as soon, planned later", "later");
    assertThat(scheduler.nowNanos()).isEqualTo(20);
  }

  @Test
  void what_is_due_later_waits() {
    List<String> happened = new ArrayList<>();
    scheduler.after(21, () -> happened.add("later"));
    scheduler.runFor(20);
    assertThat(happened).isEmpty();
    scheduler.runFor(1);
    assertThat(happened).hasSize(1);
  }

  @Test
  void what_spins_is_found() {
    scheduler.after(1, this::spin);
    assertThatThrownBy(() -> scheduler.runFor(2)).isInstanceOf(RuleBroken.class);
  }

  private void spin() {
    scheduler.after(0, this::spin);
  }

  @Test
  void a_clock_runs_at_its_rate_and_stands_still_with_its_machine() {
    MachineClock clock = new MachineClock(scheduler, 1.5, 1_000);
    scheduler.runFor(100);
    assertThat(clock.nanoTime()).isEqualTo(1_150);
    clock.suspend();
    long wallBefore = clock.wallMillis();
    scheduler.runFor(10 * Scheduler.MILLI);
    assertThat(clock.nanoTime()).isEqualTo(1_150);
    assertThat(clock.wallMillis()).isEqualTo(wallBefore + 10);
    clock.resume();
    scheduler.runFor(clock.trueNanos(30));
    assertThat(clock.nanoTime()).isBetween(1_180L, 1_183L);
  }
}
