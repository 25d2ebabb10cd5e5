package dev.holdfast.history.chain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a chain, by the numbers of their first records. */
public final class ChainFolder {
  private static final String ENDING = ".chain";

  private ChainFolder() {}

  /** The file that begins with a record. */
  static Path fileOf(Path folder, long firstNumber) {
    return folder.resolve(String.format(Locale.ROOT, "%016d%s", firstNumber, ENDING));
  }

  /** All files, in order. */
  public static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> nameOf(file).matches("[0-9]{16}\\" + ENDING)).sorted().toList();
    }
  }

  static long firstNumberOf(Path file) {
    String name = nameOf(file);
    return Long.parseLong(name.substring(0, name.length() - ENDING.length()));
  }

  private static String nameOf(Path file) {
    return Objects.requireNonNull(file.getFileName()).toString();
  }

  /**
   * Proves a whole folder.
   *
   * @return the reader, behind the last record
   * @throws DamagedChainException at the first thing that is wrong; a file that ends in the midst
   *     of a record counts too
   */
  public static ChainReader verify(Path folder, ChainReader.Visitor visitor) throws IOException {
    Anchor anchor = Anchor.read(folder);
    List<Path> files = files(folder);
    Watch watch = new Watch(folder, anchor, visitor);
    ChainReader reader = new ChainReader(anchor.begins(), watch);
    for (Path file : files) {
      if (firstNumberOf(file) <= anchor.begins().number()) {
        continue; // dropped, and a crash came before it could be deleted
      }
      requireNext(file, reader);
      try (InputStream in = Files.newInputStream(file)) {
        reader.read(in, file);
      }
    }
    watch.requireSynced();
    return reader;
  }

  static void requireNext(Path file, ChainReader reader) throws IOException {
    if (firstNumberOf(file) != reader.last().number() + 1) {
      throw new DamagedChainException(
          file,
          0,
          "the file is to begin with record "
              + firstNumberOf(file)
              + ", and record "
              + (reader.last().number() + 1)
              + " comes next: one is missing, or was renamed");
    }
  }

  /** Sees whether the record comes by that must be there. */
  static final class Watch implements ChainReader.Visitor {
    private final Path folder;
    private final Anchor anchor;
    private final ChainReader.Visitor visitor;
    private boolean seen;

    Watch(Path folder, Anchor anchor, ChainReader.Visitor visitor) {
      this.folder = folder;
      this.anchor = anchor;
      this.visitor = visitor;
      seen = anchor.synced().number() <= anchor.begins().number();
    }

    @Override
    public void record(long number, @Nullable ChainHead head, byte[] record, byte[] hash)
        throws IOException {
      seen |= anchor.synced().is(number, hash);
      visitor.record(number, head, record, hash);
    }

    void requireSynced() throws DamagedChainException {
      if (!seen) {
        throw new DamagedChainException(
            folder.resolve(Anchor.FILE),
            0,
            "record "
                + anchor.synced().number()
                + " was safely on the disk and is not there as it was: the end is missing, or the"
                + " chain is another one");
      }
    }
  }
}
