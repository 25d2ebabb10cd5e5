package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.Queued;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PendingAnswersTest {
  private static final Answer QUEUED =
      Answer.newBuilder().setQueued(Queued.newBuilder().setTicket(5)).build();
  private static final Answer GRANTED =
      Answer.newBuilder().setGranted(Granted.newBuilder().setToken(9)).build();
  private static final Answer CANCELLED =
      Answer.newBuilder()
          .setRefused(Refused.newBuilder().setReason(RefusalReason.CANCELLED))
          .build();

  private final PendingAnswers pending = new PendingAnswers();

  @Test
  void an_answer_that_nobody_asked_for_is_for_nobody() {
    assertThat(pending.onAnswer(1, 1, GRANTED)).isNull();
    pending.expect(1, 1, false);
    assertThat(pending.onAnswer(2, 1, GRANTED)).isNull();
    assertThat(pending.onAnswer(1, 2, GRANTED)).isNull();
  }

  @Test
  void queued_is_told_once_and_is_no_end() {
    pending.expect(1, 1, false);
    assertThat(pending.onAnswer(1, 1, QUEUED)).isEqualTo(QUEUED);
    assertThat(pending.onAnswer(1, 1, QUEUED)).isNull();
    assertThat(pending.isExpected(1, 1)).isTrue();
    assertThat(pending.onAnswer(1, 1, GRANTED)).isEqualTo(GRANTED);
    assertThat(pending.isExpected(1, 1)).isFalse();
    assertThat(pending.onAnswer(1, 1, GRANTED)).isNull();
  }

  @Test
  void a_connection_that_goes_takes_its_entries_along() {
    pending.expect(1, 1, false);
    pending.expect(1, 2, false);
    pending.expect(2, 1, false);
    assertThat(pending.count(1)).isEqualTo(2);
    assertThat(pending.of(1)).containsExactly(1L, 2L);
    pending.forget(1);
    assertThat(pending.count(1)).isZero();
    assertThat(pending.total()).isEqualTo(1);
  }

  @Test
  void a_refusal_that_needs_a_cancel_is_told_with_its_own_reason() {
    pending.expectRefusal(1, 1, RefusalReason.TOO_MANY_REQUESTS);
    Answer told = Objects.requireNonNull(pending.onAnswer(1, 1, CANCELLED));
    assertThat(told.getRefused().getReason()).isEqualTo(RefusalReason.TOO_MANY_REQUESTS);
    assertThat(told.getRefused().getDetail()).contains("wait for some of them");
  }

  @Test
  void what_was_granted_before_the_cancel_is_told_as_granted() {
    pending.expectRefusal(1, 1, RefusalReason.OVERLOADED);
    assertThat(pending.onAnswer(1, 1, GRANTED)).isEqualTo(GRANTED);
  }

  @Test
  void a_cancel_by_another_node_is_told_as_overload_and_the_clients_own_as_cancelled() {
    pending.expect(1, 1, false);
    Answer told = Objects.requireNonNull(pending.onAnswer(1, 1, CANCELLED));
    assertThat(told.getRefused().getReason()).isEqualTo(RefusalReason.OVERLOADED);
    pending.expect(1, 2, false);
    pending.expect(1, 2, true);
    assertThat(pending.onAnswer(1, 2, CANCELLED)).isEqualTo(CANCELLED);
  }
}
