package dev.holdfast.replication.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.SnapshotImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
  @TempDir Path folder;

  @Test
  void content_comes_back() throws Exception {
    for (int bytes : new int[] {0, 1, 300_000}) {
      byte[] content = content(bytes);
      Path file = folder.resolve("state");
      assertThat(SnapshotFile.write(file, image(content))).isEqualTo(Files.size(file));
      SnapshotFile.verify(file);
      try (InputStream in = SnapshotFile.open(file)) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
    }
  }

  @Test
  void every_flipped_byte_and_every_cut_is_noticed() throws Exception {
    Path file = folder.resolve("state");
    SnapshotFile.write(file, image(content(50)));
    byte[] good = Files.readAllBytes(file);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      Files.write(file, bad);
      assertRefused(file);
      byte[] cut = Arrays.copyOf(good, at);
      Files.write(file, cut);
      assertRefused(file);
    }
  }

  private static void assertRefused(Path file) {
    assertThatThrownBy(() -> SnapshotFile.verify(file))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining(file.toString());
  }

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 31);
    }
    return content;
  }

  private static SnapshotImage image(byte[] content) {
    return new SnapshotImage() {
      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(content);
      }

      @Override
      public long sizeHint() {
        return content.length;
      }

      @Override
      public void close() {}
    };
  }
}
