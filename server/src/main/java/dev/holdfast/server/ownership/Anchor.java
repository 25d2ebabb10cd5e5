package dev.holdfast.server.ownership;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What ties a chain down at both ends: where the files begin that are still there, and how far the
 * chain went when it was last safely on the disk. Without it, whole files could be taken away from
 * either end unnoticed.
 *
 * @param begins the last record that was dropped; number 0 and 32 zeros if none was
 * @param synced a record that must be there, unless it was dropped
 */
record Anchor(Link begins, Link synced) {
  static final String FILE = "anchor";

  /** A record's number in the chain, and its hash. */
  record Link(long number, byte[] hash) {
    static final Link NONE = new Link(0, new byte[Frames.HASH_BYTES]);

    /** Copies the hash. */
    Link {
      hash = hash.clone();
    }

    boolean is(long otherNumber, byte[] otherHash) {
      return number == otherNumber && Arrays.equals(hash, otherHash);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Link link && is(link.number, link.hash);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d %s", number, HexFormat.of().formatHex(hash));
    }
  }

  static Anchor read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw new DamagedHistoryException(file, 0, "the file is missing");
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new DamagedHistoryException(file, 0, "this is no anchor of a history");
    }
    if (lines.size() == 2) {
      Anchor anchor =
          new Anchor(link(file, lines.get(0), "begins"), link(file, lines.get(1), "synced"));
      if (Arrays.equals(Files.readAllBytes(file), anchor.text())) {
        return anchor;
      }
    }
    throw new DamagedHistoryException(file, 0, "this is no anchor of a history");
  }

  private static Link link(Path file, String line, String name) throws IOException {
    String[] words = line.split(" ");
    try {
      if (words.length == 3 && words[0].equals(name)) {
        byte[] hash = HexFormat.of().parseHex(words[2]);
        if (hash.length == Frames.HASH_BYTES) {
          return new Link(Long.parseLong(words[1]), hash);
        }
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new DamagedHistoryException(file, 0, "the line '" + name + "' cannot be read");
  }

  private byte[] text() {
    return ("begins " + begins + "\nsynced " + synced + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Puts the anchor in the place of the one before, so that one of both is whole at any moment. */
  void write(Path folder) throws IOException {
    Path draft = folder.resolve(FILE + ".new");
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      var bytes = java.nio.ByteBuffer.wrap(text());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        draft,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    syncFolder(folder);
  }

  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
