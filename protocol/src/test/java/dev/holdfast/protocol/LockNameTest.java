package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LockNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a/b/c",
        "orders/42",
        "mit leerzeichen",
        "\u00e9t\u00e9",
        "\ud83d\ude00/x",
        "a:b"
      })
  void names_of_all_kinds_are_names(String name) {
    assertThat(LockName.problemWith(name)).isNull();
    assertThat(new LockName(name).value()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "'',empty",
    "/a,empty segment",
    "a//b,empty segment",
    "a/,ends with",
    "/,empty segment",
    "'a\u0007',control character",
    "'a\u0085',control character",
    "e\u0301,normal form C"
  })
  void what_is_no_name_is_refused_with_the_rule_it_breaks(String name, String rule) {
    assertThat(LockName.problemWith(name)).contains(rule);
    assertThatThrownBy(() -> new LockName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void half_a_surrogate_pair_is_refused() {
    assertThat(LockName.problemWith("a\ud83d")).contains("surrogate");
    assertThat(LockName.problemWith("\ude00a")).contains("surrogate");
  }

  @Test
  void length_counts_bytes_not_characters() {
    assertThat(LockName.problemWith("a".repeat(512))).isNull();
    assertThat(LockName.problemWith("a".repeat(513))).contains("512 bytes");
    assertThat(LockName.problemWith("\u00e9".repeat(256))).isNull();
    assertThat(LockName.problemWith("\u00e9".repeat(257))).contains("512 bytes");
  }

  @Test
  void depth_has_a_limit() {
    assertThat(LockName.problemWith("a/".repeat(31) + "a")).isNull();
    assertThat(LockName.problemWith("a/".repeat(32) + "a")).contains("32 segments");
  }

  @Test
  void ancestors_come_root_first() {
    assertThat(new LockName("a/b/c").ancestors()).containsExactly("a", "a/b");
    assertThat(new LockName("a").ancestors()).isEmpty();
  }

  @Test
  void ids_below_one_are_refused() {
    assertThatThrownBy(() -> new FencingToken(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SessionId(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new FencingToken(2)).isGreaterThan(new FencingToken(1));
  }
}
