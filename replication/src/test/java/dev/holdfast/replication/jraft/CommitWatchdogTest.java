package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replication.jraft.CommitWatchdog.Sight;
import dev.holdfast.replication.jraft.CommitWatchdog.Verdict;
import org.junit.jupiter.api.Test;

class CommitWatchdogTest {
  private static final long LIMIT = 3_000;
  private final CommitWatchdog watchdog = new CommitWatchdog(LIMIT, 0);

  @Test
  void stalled_leader_hands_over_once_and_then_gives_up() {
    assertThat(look(0, true, 1, 7, true)).isEqualTo(Verdict.FINE);
    assertThat(look(2_999, true, 1, 7, true)).isEqualTo(Verdict.FINE);
    assertThat(look(3_000, true, 1, 7, true)).isEqualTo(Verdict.HAND_OVER);
    assertThat(look(4_000, true, 1, 7, true)).isEqualTo(Verdict.FINE);
    assertThat(look(6_000, true, 1, 7, true)).isEqualTo(Verdict.GIVE_UP);
    assertThat(look(9_000, true, 1, 7, true)).isEqualTo(Verdict.FINE);
  }

  @Test
  void progress_starts_the_time_anew() {
    look(0, true, 1, 7, true);
    look(2_900, true, 1, 8, true);
    assertThat(look(5_800, true, 1, 8, true)).isEqualTo(Verdict.FINE);
    assertThat(look(5_900, true, 1, 8, true)).isEqualTo(Verdict.HAND_OVER);
  }

  @Test
  void leader_without_proposals_without_a_majority_or_no_leader_is_excused() {
    look(0, true, 1, 7, true);
    assertThat(look(9_000, true, 0, 7, true)).isEqualTo(Verdict.FINE);
    assertThat(look(11_000, true, 1, 7, true)).isEqualTo(Verdict.FINE);
    assertThat(look(20_000, true, 1, 7, false)).isEqualTo(Verdict.FINE);
    assertThat(look(22_000, true, 1, 7, true)).isEqualTo(Verdict.FINE);
    assertThat(look(30_000, false, 1, 7, true)).isEqualTo(Verdict.FINE);
  }

  @Test
  void limit_is_two_election_timeouts_but_at_least_three_seconds() {
    assertThat(CommitWatchdog.limitNanos(500)).isEqualTo(3_000_000_000L);
    assertThat(CommitWatchdog.limitNanos(2_000)).isEqualTo(4_000_000_000L);
  }

  private Verdict look(long now, boolean leading, int outstanding, long applied, boolean majority) {
    return watchdog.look(new Sight(leading, outstanding, applied, majority), now);
  }
}
