package dev.holdfast.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tells a full disk apart from a broken one, which to the log look alike. */
final class DiskSpace {
  /** Less than this is full: the log writes its files in steps of this order. */
  private static final long BYTES_MIN = 16L << 20;

  private DiskSpace() {}

  /** What is wrong with the space left for a data directory, or null. */
  static @Nullable String problemWith(Path data) {
    Path existing = data;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null) {
      return null;
    }
    long left;
    try {
      left = Files.getFileStore(existing).getUsableSpace();
    } catch (IOException e) {
      return "the disk of " + data + " cannot be asked for its free space: " + e.getMessage();
    }
    return left >= BYTES_MIN
        ? null
        : "the disk of "
            + data
            + " is full ("
            + (left >> 10)
            + " KiB left, "
            + (BYTES_MIN >> 10)
            + " KiB are needed): make room, then start this node again; its data is good";
  }
}
