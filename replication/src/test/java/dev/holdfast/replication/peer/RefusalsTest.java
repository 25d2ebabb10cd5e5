package dev.holdfast.replication.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final Peer N1 = new Peer(new NodeId("n1"), PeerAddress.parse("h1:1"));
  private static final Peer N3 = new Peer(new NodeId("n3"), PeerAddress.parse("h3:3"));
  private static final long STEP = Refusals.PATIENCE_NANOS / 8;

  private final Refusals refusals = new Refusals();

  @Test
  void refusal_lasts_when_it_was_repeated_for_long_enough() {
    for (int i = 0; i < 8; i++) {
      refusals.refused(N1, "process 1", i * STEP);
      assertThat(refusals.any(i * STEP)).isTrue();
      assertThat(refusals.lasting()).as("after %d steps", i).isEmpty();
    }
    refusals.refused(N1, "process 1", 8 * STEP);
    assertThat(refusals.lasting()).hasValue("n1@h1:1 hears process 1");
  }

  @Test
  void welcome_ends_the_refusals_of_that_peer_only() {
    refusals.refused(N1, "process 1", 0);
    refusals.refused(N3, "process 1", 0);
    refusals.welcomed(N1);
    assertThat(refusals.any(0)).isTrue();
    refusals.welcomed(N3);
    assertThat(refusals.any(0)).isFalse();
  }

  @Test
  void refusal_is_over_when_its_peer_falls_silent() {
    refusals.refused(N1, "process 1", 0);
    assertThat(refusals.any(Refusals.VALID_NANOS - 1)).isTrue();
    assertThat(refusals.any(Refusals.VALID_NANOS)).isFalse();
    refusals.refused(N1, "process 1", Refusals.PATIENCE_NANOS);
    assertThat(refusals.lasting()).as("two refusals far apart").isEmpty();
  }

  @Test
  void patience_outlives_what_a_peer_takes_to_notice_a_death() {
    assertThat(Refusals.PATIENCE_NANOS).isGreaterThan(Incumbents.SILENCE_MAX_NANOS);
  }
}
