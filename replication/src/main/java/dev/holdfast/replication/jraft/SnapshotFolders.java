package dev.holdfast.replication.jraft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the engine keeps its snapshots: {@code snapshots/snapshot_<index>/}. */
final class SnapshotFolders {
  private static final String PREFIX = "snapshot_";

  private SnapshotFolders() {}

  /** The last entry in the newest snapshot, 0 if there is none. */
  static long lastIndex(Path dataDirectory) {
    try (Stream<Path> folders = Files.list(dataDirectory.resolve("snapshots"))) {
      return folders
          .map(folder -> String.valueOf(folder.getFileName()))
          .filter(name -> name.startsWith(PREFIX))
          .mapToLong(name -> Long.parseLong(name.substring(PREFIX.length())))
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path file(Path dataDirectory, long index, String name) {
    return of(dataDirectory.resolve("snapshots"), index).resolve(name);
  }

  /** The folder of a snapshot. */
  static Path of(Path snapshots, long index) {
    return snapshots.resolve(PREFIX + index);
  }
}
