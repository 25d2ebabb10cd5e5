package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.client.PastPoint;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PastTimeTest {
  private static final Instant NOW = Instant.parse("2026-11-26T23:30:00Z");
  private static final ZoneId ZONE = ZoneOffset.ofHours(1);

  private static PastPoint parse(String text) {
    return PastTime.parse(text, NOW, ZONE);
  }

  @Test
  void a_number_is_a_revision() {
    assertThat(parse("4711")).isEqualTo(PastPoint.revision(4711));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-26T14:05:00, 2026-11-26T13:05:00Z",
    "2026-11-26 14:05,    2026-11-26T13:05:00Z",
    "2026-11-26T14:05:00.250Z, 2026-11-26T14:05:00.250Z",
    "2026-11-26T14:05:00-05:00, 2026-11-26T19:05:00Z",
    "00:05:00, 2026-11-26T23:05:00Z",
    "23:05:00Z, 2026-11-26T23:05:00Z"
  })
  void a_time_without_a_zone_is_that_of_this_machine_and_one_without_a_date_is_today(
      String text, Instant meant) {
    assertThat(parse(text)).isEqualTo(PastPoint.time(meant));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "-3", "2026-11-26", "2026-02-30T10:00", "25:00:00"})
  void anything_else_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> parse(text)).withMessageContaining(text);
  }
}
