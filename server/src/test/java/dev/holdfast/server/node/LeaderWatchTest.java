package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderWatchTest {
  private static final long SECOND = 1_000_000_000;
  private static final NodeId LEADER = new NodeId("n2");

  private final LeaderWatch watch = new LeaderWatch(0);

  private static LogStatus silentFor(long millis) {
    return new LogStatus(Role.FOLLOWER, 1, LEADER, 0, 0, 0, List.of(), millis);
  }

  @Test
  void a_node_that_has_just_started_is_given_a_second() {
    assertThat(watch.heardMillisAgo(SECOND)).isEqualTo(-1);
    assertThat(watch.isCutOff(SECOND)).isFalse();
    watch.onStatus(silentFor(Long.MAX_VALUE), SECOND);
    assertThat(watch.isCutOff(SECOND + 1)).isTrue();
  }

  @Test
  void a_second_of_silence_cuts_off_and_a_word_ends_it() {
    watch.onStatus(silentFor(100), 5 * SECOND);
    assertThat(watch.heardMillisAgo(5 * SECOND)).isEqualTo(100);
    assertThat(watch.isCutOff(5 * SECOND + 900_000_000)).isFalse();
    assertThat(watch.isCutOff(5 * SECOND + 900_000_001)).isTrue();
    watch.onLeaderChanged(LEADER, 7 * SECOND);
    assertThat(watch.isCutOff(7 * SECOND)).isFalse();
  }

  @Test
  void an_older_sample_does_not_take_back_a_later_word() {
    watch.onLeaderChanged(LEADER, 7 * SECOND);
    watch.onStatus(silentFor(600), 7 * SECOND);
    assertThat(watch.heardMillisAgo(7 * SECOND)).isZero();
  }

  @Test
  void a_map_that_does_not_reach_in_a_second_what_the_leader_had_is_behind() {
    watch.onLeaderChanged(LEADER, 0);
    watch.onApplied(10);
    watch.onLeaderAnnounced(20, SECOND);
    watch.onLeaderAnnounced(30, SECOND + 500_000_000);
    assertThat(watch.isBehind(2 * SECOND)).isFalse();
    assertThat(watch.isBehind(2 * SECOND + 1)).isTrue();
    watch.onApplied(20);
    assertThat(watch.isBehind(9 * SECOND)).isFalse();
  }
}
