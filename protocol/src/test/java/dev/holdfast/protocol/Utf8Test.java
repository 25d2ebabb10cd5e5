package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void a_text_is_longer_exactly_if_its_bytes_are_more() {
    for (String sign : List.of("a", "é", "鎖", "😀", "\ud83d")) {
      for (int count = 0; count <= 8; count++) {
        String text = sign.repeat(count);
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        for (int most = 0; most <= bytes + 1; most++) {
          assertThat(Utf8.isLonger(text, most)).as(text + " " + most).isEqualTo(bytes > most);
        }
      }
    }
  }
}
