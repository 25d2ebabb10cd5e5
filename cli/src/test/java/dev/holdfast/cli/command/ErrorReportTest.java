package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.RefusalReason;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorReportTest {
  @ParameterizedTest
  @CsvSource({
    "HELD_BY_ANOTHER,75",
    "WAIT_TIMED_OUT,75",
    "QUEUE_FULL,75",
    "RESERVED,75",
    "NO_LEADER,69",
    "NODE_STOPPING,69",
    "OVERLOADED,69",
    "BEHIND,69",
    "INVALID_NAME,64",
    "STALE_TOKEN,77",
    "TOO_MANY_LOCKS,77",
    "WRONG_SECRET,77",
    "OTHER,77"
  })
  void refusals_have_the_exit_code_of_their_kind(RefusalReason reason, int number) {
    assertThat(ErrorReport.exitCode(reason).number()).isEqualTo(number);
  }

  @ParameterizedTest
  @EnumSource(RefusalReason.class)
  void no_refusal_counts_as_success_or_as_a_bug(RefusalReason reason) {
    assertThat(ErrorReport.exitCode(reason))
        .isIn(ExitCode.NOT_ACQUIRED, ExitCode.UNAVAILABLE, ExitCode.USAGE, ExitCode.REFUSED);
  }

  @Test
  void wrappers_are_taken_off() {
    Failure inner = new Failure(ExitCode.REFUSED, "no", "");
    assertThat(ErrorReport.of(new CompletionException(new ExecutionException(inner))))
        .isSameAs(inner);
  }

  @Test
  void what_is_not_foreseen_is_a_bug() {
    Failure failure = ErrorReport.of(new IllegalStateException("boom"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BUG);
    assertThat(failure.getMessage()).contains("boom");
  }
}
