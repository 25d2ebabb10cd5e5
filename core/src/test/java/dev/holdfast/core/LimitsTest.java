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
