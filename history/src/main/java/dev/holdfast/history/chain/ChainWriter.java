package dev.holdfast.history.chain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the chain: proves all that is there when it is opened, cuts off half a record at its end,
 * goes on behind it, begins a new file when one is full, and drops the oldest when there is too
 * much. For one thread, but for {@link #view}.
 */
public final class ChainWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;

  /**
   * A file of which a part may be read.
   *
   * @param file where
   * @param bytes how many of it
   */
  public record Piece(Path file, long bytes) {}

  /**
   * What may be read at a moment.
   *
   * @param begins what comes before the first file
   * @param pieces the files, in order
   */
  public record View(ChainLink begins, List<Piece> pieces) {
    /** Copies the list. */
    public View {
      pieces = List.copyOf(pieces);
    }
  }

  private static final class Segment {
    final Path file;
    long bytes;
    ChainLink last;

    Segment(Path file, ChainLink last) {
      this.file = file;
      this.last = last;
    }
  }

  private final ChainSettings settings;
  private final Consumer<String> onTrouble;
  private final Frames frames = new Frames();
  private final byte[] hash = new byte[Frames.HASH_BYTES];
  private final Deque<Segment> segments = new ArrayDeque<>();
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private Anchor anchor = new Anchor(ChainLink.NONE, ChainLink.NONE);
  private @Nullable FileChannel channel;
  private long number;
  private long totalBytes;
  private volatile View view = new View(ChainLink.NONE, List.of());

  private ChainWriter(ChainSettings settings, Consumer<String> onTrouble) {
    this.settings = settings;
    this.onTrouble = onTrouble;
  }

  /**
   * Opens a chain, or begins one.
   *
   * @param visitor hears of every record that is there
   * @param onTrouble told in a sentence that the end was torn and is cut off
   * @throws DamagedChainException if it is not what was written
   * @throws IOException if it cannot be read or written
   */
  public static ChainWriter open(
      ChainSettings settings, ChainReader.Visitor visitor, Consumer<String> onTrouble)
      throws IOException {
    ChainWriter writer = new ChainWriter(settings, onTrouble);
    Files.createDirectories(settings.folder());
    writer.load(visitor);
    writer.publish();
    return writer;
  }

  private void load(ChainReader.Visitor visitor) throws IOException {
    Path folder = settings.folder();
    List<Path> files = ChainFolder.files(folder);
    if (files.isEmpty() && !Files.exists(folder.resolve(Anchor.FILE))) {
      anchor.write(folder);
    }
    anchor = Anchor.read(folder);
    ChainFolder.Watch watch = new ChainFolder.Watch(folder, anchor, visitor);
    ChainReader reader = new ChainReader(anchor.begins(), watch);
    List<Path> dropped = new ArrayList<>();
    for (Path file : files) {
      // The anchor moves first, so that a crash leaves a file too many and never one too few.
      if (ChainFolder.firstNumberOf(file) <= anchor.begins().number()) {
        dropped.add(file);
        continue;
      }
      ChainFolder.requireNext(file, reader);
      load(file, reader, file.equals(files.get(files.size() - 1)));
    }
    watch.requireSynced();
    for (Path file : dropped) {
      Files.delete(file);
    }
    number = reader.last().number();
    System.arraycopy(reader.last().hashBytes(), 0, hash, 0, hash.length);
    if (!segments.isEmpty()) {
      channel =
          FileChannel.open(
              segments.getLast().file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }
  }

  private void load(Path file, ChainReader reader, boolean last) throws IOException {
    long whole;
    try (InputStream in = Files.newInputStream(file)) {
      whole = reader.read(in, file);
    } catch (DamagedChainException e) {
      if (!last || !e.isCutOff()) {
        throw e;
      }
      whole = e.offset();
      onTrouble.accept(e.getMessage() + "; " + whole + " bytes of the file are kept");
      cut(file, whole);
    }
    if (whole > 0) {
      Segment segment = new Segment(file, reader.last());
      segment.bytes = whole;
      totalBytes += whole;
      segments.add(segment);
    } else if (last) {
      // Begun, and nothing was written to it any more. Its name would soon be the wrong one: the
      // file before may go on.
      Files.deleteIfExists(file);
    }
  }

  private static void cut(Path file, long bytes) throws IOException {
    if (bytes == 0) {
      Files.delete(file);
      return;
    }
    try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
      cut.truncate(bytes);
      cut.force(true);
    }
  }

  /** The last record, flushed or not. */
  ChainLink last() {
    return ChainLink.of(number, hash);
  }

  /**
   * Adds a record; it is in the file after {@link #flush}.
   *
   * @param position where in its own count the writer is with this record
   */
  public void append(byte[] record, long position) throws IOException {
    if (segments.isEmpty()) {
      begin(position - 1);
    }
    put(record);
  }

  /** A good moment to begin a new file, if the present one is full. */
  public void maybeRoll(long position) throws IOException {
    if (!segments.isEmpty() && segments.getLast().bytes >= settings.segmentBytesMax()) {
      flush();
      begin(position);
      maybeDrop();
    }
  }

  private void begin(long position) throws IOException {
    FileChannel before = channel;
    if (before != null) {
      before.force(true);
      before.close();
    }
    Path file = ChainFolder.fileOf(settings.folder(), number + 1);
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    Anchor.syncFolder(settings.folder());
    segments.add(new Segment(file, last()));
    put(new ChainHead(last(), position, settings.writer()).encoded());
  }

  private void put(byte[] record) throws IOException {
    int bytes = Frames.bytesOf(record.length);
    if (buffer.remaining() < bytes) {
      flush();
      if (buffer.capacity() < bytes) {
        buffer = ByteBuffer.allocate(bytes);
      }
    }
    frames.put(buffer, ++number, record, hash);
    Segment segment = segments.getLast();
    segment.bytes += bytes;
    totalBytes += bytes;
  }

  /** Hands all to the operating system, so that it survives the end of the process. */
  public void flush() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      return;
    }
    buffer.flip();
    while (buffer.hasRemaining()) {
      open.write(buffer);
    }
    buffer.clear();
    segments.getLast().last = last();
    publish();
  }

  /** Makes all safe on the disk, so that it survives the end of the machine. */
  public void sync() throws IOException {
    flush();
    FileChannel open = channel;
    if (open == null) {
      return;
    }
    open.force(true);
    anchor = new Anchor(anchor.begins(), last());
    anchor.write(settings.folder());
  }

  private void maybeDrop() throws IOException {
    while (segments.size() > 1 && totalBytes > settings.bytesMax()) {
      Segment oldest = segments.removeFirst();
      totalBytes -= oldest.bytes;
      anchor = new Anchor(oldest.last, anchor.synced());
      anchor.write(settings.folder());
      publish();
      Files.deleteIfExists(oldest.file);
    }
  }

  private void publish() {
    List<Piece> pieces = new ArrayList<>();
    for (Segment segment : segments) {
      pieces.add(
          new Piece(
              segment.file,
              segment.bytes - (segment == segments.getLast() ? buffer.position() : 0)));
    }
    view = new View(anchor.begins(), List.copyOf(pieces));
  }

  /** What has been flushed; any thread may ask. */
  public View view() {
    return view;
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    if (open != null) {
      sync();
      open.close();
      channel = null;
    }
  }
}
