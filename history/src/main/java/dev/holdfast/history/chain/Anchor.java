package dev.holdfast.history.chain;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What ties a chain down at both ends: where the files begin that are still there, and how far the
 * chain went when it was last safely on the disk. Without it, whole files could be taken away from
 * either end unnoticed.
 *
 * @param begins the last record that was dropped; number 0 and 32 zeros if none was
 * @param synced a record that must be there, unless it was dropped
 */
record Anchor(ChainLink begins, ChainLink synced) {
  static final String FILE = "anchor";

  private static final Pattern LINE = Pattern.compile("([a-z]+) ([0-9]{1,18}) ([0-9a-f]{64})");

  static Anchor read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw new DamagedChainException(file, 0, "the file is missing");
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new DamagedChainException(file, 0, "this is no anchor of a chain");
    }
    if (lines.size() == 2) {
      Anchor anchor =
          new Anchor(link(file, lines.get(0), "begins"), link(file, lines.get(1), "synced"));
      if (Arrays.equals(Files.readAllBytes(file), anchor.text())) {
        return anchor;
      }
    }
    throw new DamagedChainException(file, 0, "this is no anchor of a chain");
  }

  private static ChainLink link(Path file, String line, String name) throws IOException {
    Matcher words = LINE.matcher(line);
    if (!words.matches() || !words.group(1).equals(name)) {
      throw new DamagedChainException(file, 0, "the line '" + name + "' cannot be read");
    }
    return new ChainLink(Long.parseLong(words.group(2)), words.group(3));
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
