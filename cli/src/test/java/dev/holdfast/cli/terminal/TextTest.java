package dev.holdfast.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void plain_text_stays_as_it_is() {
    assertThat(Text.printable("orders/42 (Zoë, 東京)")).isEqualTo("orders/42 (Zoë, 東京)");
  }

  @Test
  void nothing_can_move_the_cursor_or_forge_a_line() {
    assertThat(Text.printable("a\u001b[2Jb\nc\td\\e\u0085\u2028\u202ef"))
        .isEqualTo("a\\u001b[2Jb\\nc\\td\\\\e\\u0085\\u2028\\u202ef");
  }
}
