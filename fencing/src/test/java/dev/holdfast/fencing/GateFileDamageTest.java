package dev.holdfast.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate file with any wrong byte is refused, and no leftover of a crash is taken for the file. */
final class GateFileDamageTest {
  @TempDir Path folder;
  private Path file;
  private byte[] sound;

  @BeforeEach
  void write_a_sound_file() throws Exception {
    file = folder.resolve("gate");
    try (FileFencingGate gate = FileFencingGate.create(file)) {
      gate.admit("orders", 34);
      gate.admit("customers", 5);
      gate.admit("\ud83d\udd12", Long.MAX_VALUE);
    }
    sound = Files.readAllBytes(file);
  }

  @Test
  void file_cut_short_at_any_byte_is_refused() throws IOException {
    for (int length = 0; length < sound.length; length++) {
      assertRefused(Arrays.copyOf(sound, length), length);
    }
  }

  @Test
  void file_with_any_bit_flipped_is_refused() throws IOException {
    for (int i = 0; i < sound.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] bytes = sound.clone();
        bytes[i] ^= (byte) (1 << bit);
        assertRefused(bytes, i);
      }
    }
  }

  @Test
  void file_with_any_byte_zeroed_from_there_on_is_refused() throws IOException {
    for (int i = 0; i < sound.length; i++) {
      byte[] bytes = sound.clone();
      Arrays.fill(bytes, i, bytes.length, (byte) 0);
      if (!Arrays.equals(bytes, sound)) {
        assertRefused(bytes, i);
      }
    }
  }

  @Test
  void file_that_grew_is_refused() throws IOException {
    assertRefused(Arrays.copyOf(sound, sound.length + 1), sound.length);
    byte[] twice = Arrays.copyOf(sound, 2 * sound.length);
    System.arraycopy(sound, 0, twice, sound.length, sound.length);
    assertRefused(twice, sound.length);
  }

  @Test
  void records_in_the_wrong_order_are_refused() throws IOException {
    int first = GateContent.HEADER_BYTES;
    int firstLength = 4 + 8 + "customers".length() + 4;
    int secondLength = 4 + 8 + "orders".length() + 4;
    byte[] swapped = sound.clone();
    System.arraycopy(sound, first + firstLength, swapped, first, secondLength);
    System.arraycopy(sound, first, swapped, first + secondLength, firstLength);
    assertRefused(swapped, first + secondLength);
  }

  @Test
  void damage_is_noticed_by_an_open_gate_and_forgiven_when_mended() throws Exception {
    try (FileFencingGate gate = FileFencingGate.open(file);
        FileFencingGate other = FileFencingGate.open(file)) {
      other.admit("orders", 35);
      byte[] mended = Files.readAllBytes(file);
      byte[] damaged = mended.clone();
      damaged[damaged.length - 1]++;
      Files.write(file, damaged);

      assertThatExceptionOfType(DamagedGateFileException.class)
          .isThrownBy(() -> gate.admit("orders", 36));

      Files.write(file, mended);
      gate.admit("orders", 36);
    }
  }

  /** What a crash leaves beside the file: any beginning of the content that was to replace it. */
  @Test
  void leftover_of_a_crash_is_never_read() throws Exception {
    for (int length = 0; length <= sound.length; length++) {
      Files.write(folder.resolve("gate.new"), Arrays.copyOf(sound, length));
      try (FileFencingGate gate = FileFencingGate.open(file)) {
        assertThat(gate.highestToken("orders")).hasValue(34 + length);
        gate.admit("orders", 34 + length + 1);
      }
    }
  }

  /**
   * Nothing is admitted, the message names the file, and the offset lies at the damage or at the
   * start of what it belongs to.
   */
  private void assertRefused(byte[] bytes, int damagedAt) throws IOException {
    Files.write(file, bytes);
    assertThatExceptionOfType(DamagedGateFileException.class)
        .as("damage at byte %d", damagedAt)
        .isThrownBy(() -> FileFencingGate.open(file).close())
        .withMessageContaining(file.toString())
        .satisfies(
            damage -> {
              assertThat(damage.file()).isEqualTo(file);
              assertThat(damage).hasMessageContaining("at byte " + damage.offset());
              if (damagedAt >= GateContent.HEADER_BYTES) {
                assertThat(damage.offset())
                    .isBetween((long) GateContent.HEADER_BYTES, (long) bytes.length);
              }
            });
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }
}
