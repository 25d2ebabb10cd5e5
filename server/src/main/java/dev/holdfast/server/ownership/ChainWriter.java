package dev.holdfast.server.ownership;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.OwnershipRecord;
import dev.holdfast.protocol.v1.OwnershipSegment;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the chain: proves all that is there when it is opened, cuts off half a record at its end,
 * goes on behind it, begins a new file when one is full, and drops the oldest when there is too
 * much. For one thread, but for {@link #view}.
 */
final class ChainWriter implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ChainWriter.class);
  private static final int BUFFER_BYTES = 1 << 18;

  /** A file, and how many bytes of it may be read. */
  record Piece(Path file, long bytes) {}

  /** What may be read at a moment. */
  record View(Anchor.Link begins, List<Piece> pieces) {}

  private static final class Segment {
    final Path file;
    long bytes;
    Anchor.Link last;

    Segment(Path file, Anchor.Link last) {
      this.file = file;
      this.last = last;
    }
  }

  private final OwnershipSettings settings;
  private final Frames frames = new Frames();
  private final byte[] hash = new byte[Frames.HASH_BYTES];
  private final Deque<Segment> segments = new ArrayDeque<>();
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private Anchor anchor = new Anchor(Anchor.Link.NONE, Anchor.Link.NONE);
  private @Nullable FileChannel channel;
  private long number;
  private long totalBytes;
  private volatile View view = new View(Anchor.Link.NONE, List.of());

  private ChainWriter(OwnershipSettings settings) {
    this.settings = settings;
  }

  /**
   * Opens a chain, or begins one.
   *
   * @param visitor hears of every record that is there
   * @throws DamagedHistoryException if it is not what was written
   * @throws IOException if it cannot be read or written
   */
  static ChainWriter open(OwnershipSettings settings, ChainReader.Visitor visitor)
      throws IOException {
    ChainWriter writer = new ChainWriter(settings);
    Files.createDirectories(settings.folder());
    writer.load(visitor);
    writer.publish();
    return writer;
  }

  private void load(ChainReader.Visitor visitor) throws IOException {
    Path folder = settings.folder();
    List<Path> files = Folder.files(folder);
    if (files.isEmpty() && !Files.exists(folder.resolve(Anchor.FILE))) {
      anchor.write(folder);
    }
    anchor = Anchor.read(folder);
    Folder.Watch watch = new Folder.Watch(folder, anchor, visitor);
    ChainReader reader = new ChainReader(anchor.begins(), watch);
    List<Path> dropped = new ArrayList<>();
    for (Path file : files) {
      // The anchor moves first, so that a crash leaves a file too many and never one too few.
      if (Folder.firstNumberOf(file) <= anchor.begins().number()) {
        dropped.add(file);
        continue;
      }
      Folder.requireNext(file, reader);
      load(file, reader, file.equals(files.get(files.size() - 1)));
    }
    watch.requireSynced();
    for (Path file : dropped) {
      Files.delete(file);
    }
    number = reader.number();
    System.arraycopy(reader.hash(), 0, hash, 0, hash.length);
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
    } catch (DamagedHistoryException e) {
      if (!last || !e.isCutOff()) {
        throw e;
      }
      whole = e.offset();
      LOGGER.warn("ownership_tail_cut_off keeps_bytes={} reason={}", whole, e.getMessage());
      cut(file, whole);
    }
    if (whole > 0) {
      Segment segment = new Segment(file, Anchor.Link.of(reader.number(), reader.hash()));
      segment.bytes = whole;
      totalBytes += whole;
      segments.add(segment);
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
  Anchor.Link last() {
    return Anchor.Link.of(number, hash);
  }

  /** Adds a record; it is in the file after {@link #flush}. */
  void append(OwnershipRecord record) throws IOException {
    if (segments.isEmpty()) {
      begin(record);
    }
    put(record.toByteArray());
  }

  /** A good moment to begin a new file, if the present one is full. */
  void maybeRoll(OwnershipRecord at) throws IOException {
    if (!segments.isEmpty() && segments.getLast().bytes >= settings.segmentBytesMax()) {
      flush();
      begin(at);
      maybeDrop();
    }
  }

  private void begin(OwnershipRecord at) throws IOException {
    FileChannel before = channel;
    if (before != null) {
      before.force(true);
      before.close();
    }
    Path file = Folder.fileOf(settings.folder(), number + 1);
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    Anchor.syncFolder(settings.folder());
    segments.add(new Segment(file, last()));
    put(
        OwnershipRecord.newBuilder()
            .setRevision(at.getRevision())
            .setClockMillis(at.getClockMillis())
            .setWallMillis(at.getWallMillis())
            .setSegment(
                OwnershipSegment.newBuilder()
                    .setFormat(ChainReader.FORMAT)
                    .setNodeId(settings.node())
                    .setNumber(number + 1)
                    .setPreviousHash(ByteString.copyFrom(hash)))
            .build()
            .toByteArray());
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
  void flush() throws IOException {
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
  void sync() throws IOException {
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
  View view() {
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
