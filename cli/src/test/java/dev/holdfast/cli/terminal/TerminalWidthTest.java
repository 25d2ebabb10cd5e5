package dev.holdfast.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalWidthTest {
  @Test
  void the_second_number_counts_the_columns() {
    assertThat(TerminalWidth.parse("24 80\n")).isEqualTo(80);
  }

  @Test
  void what_is_not_told_is_wide() {
    assertThat(TerminalWidth.parse("0 0\n")).isEqualTo(Integer.MAX_VALUE);
    assertThat(TerminalWidth.parse("")).isEqualTo(Integer.MAX_VALUE);
  }
}
