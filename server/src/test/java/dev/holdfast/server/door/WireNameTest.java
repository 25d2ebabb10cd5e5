package dev.holdfast.server.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.LockName;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireNameTest {

  /** S2-5: such a name is the same lock at every door. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "my lock", "file_0", "Ä", "名前", "a:b", "😀", " ", "a.b-c_d", "\\"})
  void ordinary_names_stay_as_they_are(String name) {
    assertThat(WireName.toLock(name)).isEqualTo(name);
    assertThat(WireName.toName(name)).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a%2Fb",
    "/, %2F",
    "100%, 100%25",
    "%41, %2541",
    "e\u0301, e%CC%81",
    "\u00E4e\u0301, %C3%A4e%CC%81",
  })
  void what_a_segment_cannot_have_is_escaped(String name, String lock) {
    assertThat(WireName.toLock(name)).isEqualTo(lock);
  }

  @Test
  void the_empty_name_and_odd_characters_are_names_too() {
    assertThat(WireName.toLock("")).isEqualTo("%");
    assertThat(WireName.toName("%")).isEmpty();
    assertThat(WireName.toLock("a\u0000\n\u007F\u0085")).isEqualTo("a%00%0A%7F%C2%85");
    assertThat(WireName.toLock("x\ud800y")).isEqualTo("x%ED%A0%80y");
    assertThat(WireName.toLock(new byte[] {'a', (byte) 0xFF, (byte) 0xC3, 'b'}))
        .isEqualTo("a%FF%C3b");
    assertThat(WireName.toLock(new byte[] {(byte) 0xE2, (byte) 0x82})).isEqualTo("%E2%82");
  }

  @Test
  void only_what_is_longer_than_a_lock_name_is_too_long() {
    assertThat(WireName.isTooLong("a".repeat(512))).isFalse();
    assertThat(WireName.isTooLong("a".repeat(513))).isTrue();
    assertThat(WireName.isTooLong("é".repeat(257))).isTrue();
    assertThat(WireName.isTooLong(WireName.toLock("/".repeat(171)))).isTrue();
  }

  /** Any bytes whatever: a valid name of one segment, reversible, and no two names one lock. */
  @Test
  void random_names_become_valid_locks_and_come_back() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("WireNameTest seed " + seed);
    Random random = new Random(seed);
    Map<String, String> nameByLock = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      byte[] name = randomName(random);
      String lock = WireName.toLock(name);
      assertThat(LockName.problemWith(lock)).as("seed %d lock %s", seed, lock).isNull();
      assertThat(lock).doesNotContain("/");
      assertThat(WireName.toName(lock)).as("seed " + seed).isEqualTo(name);
      String latin = new String(name, StandardCharsets.ISO_8859_1);
      String before = nameByLock.put(lock, latin);
      assertThat(before == null || before.equals(latin)).as("seed " + seed).isTrue();
    }
  }

  private static byte[] randomName(Random random) {
    String odd = "/%\u0000\n\u0301\u0327e\u00E9\u1100\u1161\uAC00:ab41\ud83d\ude00";
    if (random.nextBoolean()) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      return bytes;
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(odd.charAt(random.nextInt(odd.length())));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
