package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** The refusals that take thousands of commands to come by. */
class LimitsTest {
  private final Script script = new Script();

  @Test
  void answers_that_nobody_acknowledges_stop_new_acquires_but_not_releases() {
    script.run("open a");
    String first = script.run("preempt a#1 x");
    for (int i = 2; i <= Limits.STORED_ANSWERS_MAX; i++) {
      script.run("cancel a#" + i);
    }
    assertThat(first).contains("GRANTED token=3");
    assertThat(script.run("preempt a#5000 y")).startsWith("a#5000 TOO_MANY_ANSWERS");
    assertThat(script.run("release a#5001 token=3")).startsWith("a#5001 RELEASED");
    // Acknowledging makes room; the refused number was not used up.
    assertThat(script.run("preempt a#5000 y ack=1000")).startsWith("a#5000 GRANTED");
  }

  @Test
  void session_with_too_many_waiting_requests_gets_no_further_ones() {
    script.run("open a");
    script.run("open b");
    script.run("acquire a#1 x");
    for (int i = 1; i <= Limits.WAITING_PER_SESSION_MAX; i++) {
      assertThat(script.run("acquire b#" + i + " x")).contains("QUEUED");
    }
    assertThat(script.run("acquire b#5000 x")).startsWith("b#5000 TOO_MANY_REQUESTS");
    assertThat(script.run("cancel b#7")).startsWith("b#7 CANCELLED");
    assertThat(script.run("acquire b#5000 x")).contains("QUEUED");
  }

  @Test
  void answers_beyond_the_hard_bound_count_as_acknowledged() {
    script.run("open a");
    script.run("preempt a#1 x");
    script.run("acquire a#2 x owner=o");
    for (int i = 3; i <= Limits.KEPT_ANSWERS_MAX + 2; i++) {
      script.run("resolve a#" + i);
    }
    // The first, the grant's, was the oldest; the waiting request has no answer yet.
    assertThat(script.run("preempt a#1 x")).startsWith("a#1 STALE_REQUEST");
    assertThat(script.run("resolve a#2")).startsWith("a#2 QUEUED");
    assertThat(script.run("resolve a#4")).startsWith("a#4 CANCELLED");
    script.run("resolve a#9000");
    assertThat(script.run("resolve a#3")).startsWith("a#3 STALE_REQUEST");
    assertThat(script.run("reload")).isEqualTo("same state\n");
  }

  @Test
  void answer_to_a_number_that_was_acknowledged_while_it_waited_is_not_kept() {
    script.run("open a");
    script.run("preempt a#1 x");
    script.run("acquire a#2 x owner=o");
    script.run("cancel a#3 ack=3");
    assertThat(script.run("release a#4 token=a#1")).contains("a#2 GRANTED");
    assertThat(script.machine().state().answers.size()).isEqualTo(2);
  }

  @Test
  void only_so_many_grants_may_reserve() {
    script.run("open a locks=1000000");
    for (int i = 1; i <= Limits.RESERVATIONS_MAX; i++) {
      script.run("preempt a#" + i + " x" + i + " atleast=5s ack=" + i);
    }
    assertThat(script.run("preempt a#200000 y delay=5s")).contains("TOO_MANY_RESERVATIONS");
    assertThat(script.run("preempt a#200001 y delay=5s gated=1")).contains("GRANTED");
  }

  @Test
  void only_so_many_locks_have_a_value() {
    script.run("open a locks=1000000");
    for (int i = 0; i < Limits.VALUES_MAX; i++) {
      script.run("preempt a#" + (2 * i + 1) + " x" + i + " ack=" + (2 * i + 1));
      script.run("value a#" + (2 * i + 2) + " x" + i + " is=v token=a#" + (2 * i + 1));
    }
    script.run("preempt a#50001 y");
    assertThat(script.run("value a#50002 y is=v token=a#50001")).contains("TOO_MANY_VALUES");
    assertThat(script.run("value a#50003 x1 is=w token=a#3")).contains("DONE");
    script.run("value a#50004 x2 token=a#5");
    assertThat(script.run("value a#50005 y is=v token=a#50001")).contains("DONE");
  }

  @Test
  void only_the_last_operations_are_remembered() {
    for (int i = 0; i <= Limits.OPERATIONS_REMEMBERED; i++) {
      script.run("force x token=1 op=" + (1_000 + i));
    }
    assertThat(script.machine().operationAnswer(bytes("1000"))).isNull();
    assertThat(script.machine().operationAnswer(bytes("1001"))).isNotNull();
    assertThat(script.run("reload")).isEqualTo("same state\n");
    assertThat(script.machine().operationAnswer(bytes("1000"))).isNull();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
