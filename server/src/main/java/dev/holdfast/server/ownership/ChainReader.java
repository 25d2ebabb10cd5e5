package dev.holdfast.server.ownership;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.protocol.v1.OwnershipRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads the files of a chain one after the other and proves every byte of them on the way. For one
 * thread.
 */
final class ChainReader {
  /** Hears of each record. */
  @FunctionalInterface
  interface Visitor {
    /**
     * A record, proved.
     *
     * @param number its place in the chain
     * @param bytes the record as it lies in the file
     * @param hash of the chain with this record; valid during the call
     */
    void record(long number, OwnershipRecord record, byte[] bytes, byte[] hash) throws IOException;
  }

  static final int FORMAT = 1;

  private final Frames frames = new Frames();
  private final Visitor visitor;
  private final byte[] hash = new byte[Frames.HASH_BYTES];

  /** Of the last record that was read; 0 before the first. */
  private long number;

  /** Whether it is known which record comes next; otherwise the first file says so itself. */
  private boolean placed;

  /** A reader that believes the first file where in the chain it is. */
  ChainReader(Visitor visitor) {
    this.visitor = visitor;
  }

  /** A reader of what comes behind a record. */
  ChainReader(Anchor.Link behind, Visitor visitor) {
    this.visitor = visitor;
    number = behind.number();
    behind.hash().copyTo(hash, 0);
    placed = true;
  }

  long number() {
    return number;
  }

  byte[] hash() {
    return hash.clone();
  }

  /**
   * Reads one file.
   *
   * @param in from its first byte on; not closed
   * @param file for messages
   * @return how many bytes of it are whole records
   * @throws DamagedHistoryException where it is not what was written; {@code isCutOff} if it ends
   *     in the midst of a record
   */
  long read(InputStream in, Path file) throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    long offset = 0;
    byte[] head = new byte[Frames.HEAD_BYTES];
    for (int length = buffered.readNBytes(head, 0, head.length);
        length > 0;
        length = buffered.readNBytes(head, 0, head.length)) {
      if (length < head.length) {
        throw cutOff(file, offset);
      }
      offset += frame(buffered, file, offset, head);
    }
    return offset;
  }

  private long frame(InputStream in, Path file, long offset, byte[] head) throws IOException {
    boolean first = offset == 0;
    int length = intAt(head, 0);
    if (length <= 0 || length > Frames.RECORD_BYTES_MAX) {
      throw damaged(file, offset, "the length of record " + (number + 1) + " cannot be", in, head);
    }
    if (placed && frames.checksum(length, number + 1) != intAt(head, 4)) {
      throw damaged(
          file,
          offset,
          "the length or the place of record " + (number + 1) + " was changed",
          in,
          head);
    }
    byte[] body = in.readNBytes(length + Frames.HASH_BYTES);
    if (body.length < length + Frames.HASH_BYTES) {
      throw cutOff(file, offset);
    }
    if (!placed) {
      begin(file, parse(file, offset, Arrays.copyOf(body, length)), intAt(head, 4), length);
    }
    byte[] bytes = Arrays.copyOf(body, length);
    byte[] before = hash.clone();
    frames.next(hash, bytes, 0, length);
    if (!Arrays.equals(hash, 0, Frames.HASH_BYTES, body, length, body.length)) {
      System.arraycopy(before, 0, hash, 0, before.length);
      throw damaged(
          file,
          offset,
          "record " + (number + 1) + " is not what was written, or what comes before it is not",
          in,
          body);
    }
    OwnershipRecord record = parse(file, offset, bytes);
    requireSegment(file, offset, record, first, before);
    number++;
    visitor.record(number, record, bytes, hash);
    return Frames.bytesOf(length);
  }

  private void begin(Path file, OwnershipRecord record, int checksum, int length)
      throws IOException {
    if (!record.hasSegment()
        || record.getSegment().getPreviousHash().size() != Frames.HASH_BYTES
        || frames.checksum(length, record.getSegment().getNumber()) != checksum) {
      throw new DamagedHistoryException(file, 0, "the first record was changed");
    }
    number = record.getSegment().getNumber() - 1;
    record.getSegment().getPreviousHash().copyTo(hash, 0);
    placed = true;
  }

  private void requireSegment(
      Path file, long offset, OwnershipRecord record, boolean first, byte[] before)
      throws IOException {
    if (record.hasSegment() != first) {
      throw new DamagedHistoryException(
          file, offset, first ? "a file must say first where it belongs" : "a file begins twice");
    }
    if (!first) {
      return;
    }
    if (record.getSegment().getFormat() != FORMAT) {
      throw new DamagedHistoryException(
          file,
          offset,
          "the format is "
              + record.getSegment().getFormat()
              + " and this program reads format "
              + FORMAT
              + "; use the version of holdfast that wrote it");
    }
    boolean follows =
        record.getSegment().getNumber() == number + 1
            && Arrays.equals(record.getSegment().getPreviousHash().toByteArray(), before);
    if (!follows) {
      throw new DamagedHistoryException(
          file, offset, "the file does not follow on record " + number + ": one is missing");
    }
  }

  private OwnershipRecord parse(Path file, long offset, byte[] bytes) throws IOException {
    try {
      return OwnershipRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedHistoryException(
          file, offset, "record " + (number + 1) + " cannot be read: " + e.getMessage());
    }
  }

  private DamagedHistoryException cutOff(Path file, long offset) {
    return new DamagedHistoryException(
        file, offset, "the file ends in the midst of record " + (number + 1), true);
  }

  /**
   * A frame that is wrong. If it ends in zeros and only zeros follow, the machine lost its power
   * before the bytes were on the disk, and the file counts as cut off.
   */
  private DamagedHistoryException damaged(
      Path file, long offset, String what, InputStream in, byte[] read) throws IOException {
    long zeros = 0;
    for (int i = read.length - 1; i >= 0 && read[i] == 0; i--) {
      zeros++;
    }
    boolean onlyZeros = true;
    for (int next = in.read(); onlyZeros && next >= 0; next = in.read()) {
      onlyZeros = next == 0;
      zeros++;
    }
    boolean cutOff = onlyZeros && zeros >= Frames.HEAD_BYTES;
    return new DamagedHistoryException(file, offset, what, cutOff);
  }

  private static int intAt(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
