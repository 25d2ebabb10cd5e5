package dev.holdfast.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "500ms,500",
    "30s,30000",
    "1m30s,90000",
    "2h,7200000",
    "1d,86400000",
    "1h1ms,3600001"
  })
  void reads_numbers_with_units(String text, long millis) {
    assertThat(Durations.parse(text).toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "s", "-5s", "5 s", "1.5s", "5S", "5s!", "s5", "9999999999999s"})
  void refuses_anything_else_and_says_how_to_write_it(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("30s");
  }

  /** Longer ones do not fit into milliseconds, or not into nanoseconds. */
  @ParameterizedTest
  @ValueSource(strings = {"999999999999d", "36500d1ms"})
  void refuses_what_nobody_means(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is longer than a hundred years");
    assertThat(Durations.parse("36500d").toNanos()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "-1,-",
    "0,0ms",
    "999,999ms",
    "1000,1.0s",
    "59999,59.9s",
    "60000,1m00s",
    "3599999,59m59s",
    "7800000,2h10m",
    "442800000,5d03h"
  })
  void writes_what_is_read_at_a_glance(long millis, String text) {
    assertThat(Durations.format(millis)).isEqualTo(text);
  }

  @Test
  void the_largest_number_does_not_overflow() {
    assertThat(Durations.parse("999999999999ms").toMillis()).isEqualTo(999_999_999_999L);
  }
}
