package dev.holdfast.history.file;

import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.check.LocatedLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads histories line by line.
 *
 * <p>A recorder that was killed leaves half a line at the end of its file, or in front of the
 * header of the next recording; that is no damage and is left out. Anything else that cannot be
 * read is.
 */
public final class HistoryReader {
  /** Longer lines are no lines of a history. */
  public static final int LINE_BYTES_MAX = 16 << 20;

  private static final int CHUNK_BYTES = 1 << 20;

  private final String file;
  private final Consumer<LocatedLine> lines;
  private final LineDecoder decoder = new LineDecoder();
  private long number;
  private long bytesRead;

  /** What was wrong with the line before; only a header may follow. */
  private @Nullable UnreadableHistoryException torn;

  private HistoryReader(String file, Consumer<LocatedLine> lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads a file from beginning to end.
   *
   * @param path the file
   * @param lines takes the lines in order
   * @param bytes told now and then how many bytes have been read
   * @throws UnreadableHistoryException if it is no history
   * @throws IOException if it cannot be read at all
   */
  public static void read(Path path, Consumer<LocatedLine> lines, LongConsumer bytes)
      throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      read(in, path.toString(), lines, bytes);
    }
  }

  /** As {@link #read(Path, Consumer, LongConsumer)}, from anything, by a name for messages. */
  public static void read(
      InputStream in, String name, Consumer<LocatedLine> lines, LongConsumer bytes)
      throws IOException {
    new HistoryReader(name, lines).readAll(in, bytes);
  }

  private void readAll(InputStream in, LongConsumer bytes) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
      int from = 0;
      for (int i = 0; i < length; i++) {
        if (chunk[i] == '\n') {
          if (rest.size() == 0) {
            line(chunk, from, i - from);
          } else {
            rest.write(chunk, from, i - from);
            line(rest.toByteArray(), 0, rest.size());
            rest.reset();
          }
          from = i + 1;
        }
      }
      rest.write(chunk, from, length - from);
      if (rest.size() > LINE_BYTES_MAX) {
        throw problem("the line is longer than " + LINE_BYTES_MAX + " bytes", null);
      }
      bytesRead += length;
      bytes.accept(bytesRead);
    }
    if (rest.size() > 0) {
      line(rest.toByteArray(), 0, rest.size());
    }
    if (number == 0) {
      throw new UnreadableHistoryException(file, 1, "the file is empty", null);
    }
    // What is torn now is the end of a recording that was cut off, unless it is all that there is.
    if (torn != null && number == 1) {
      throw torn;
    }
  }

  private void line(byte[] bytes, int from, int length) throws UnreadableHistoryException {
    number++;
    HistoryLine line;
    try {
      line = decoder.decode(bytes, from, length);
    } catch (Fields.BadFieldException e) {
      throwTorn();
      throw problem(e.getMessage(), e);
    } catch (JacksonException e) {
      throwTorn();
      torn =
          new UnreadableHistoryException(
              file, number, "this is no JSON: " + e.getOriginalMessage(), e);
      return;
    }
    if (!(line instanceof HistoryLine.Header)) {
      throwTorn();
      if (number == 1) {
        throw problem("the first line must be a header", null);
      }
    }
    torn = null;
    lines.accept(new LocatedLine(file, number, line));
  }

  private void throwTorn() throws UnreadableHistoryException {
    if (torn != null) {
      throw torn;
    }
  }

  private UnreadableHistoryException problem(@Nullable String what, @Nullable Throwable cause) {
    return new UnreadableHistoryException(file, Math.max(1, number), String.valueOf(what), cause);
  }
}
