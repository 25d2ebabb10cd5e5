package dev.holdfast.history.chain;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of a chain one after the other and proves every byte of them on the way. For one
 * thread.
 */
public final class ChainReader {
  /** Hears of each record. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * A record, proved.
     *
     * @param number its place in the chain
     * @param head what it says if it is the first of a file; otherwise null
     * @param record its bytes
     * @param hash of the chain with this record; valid during the call
     */
    void record(long number, @Nullable ChainHead head, byte[] record, byte[] hash)
        throws IOException;
  }

  private final Frames frames = new Frames();
  private final Visitor visitor;
  private final byte[] hash = new byte[Frames.HASH_BYTES];

  /** Of the last record that was read; 0 before the first. */
  private long number;

  /** Whether it is known which record comes next; otherwise the first file says so itself. */
  private boolean placed;

  /** A reader that believes the first file where in the chain it is. */
  public ChainReader(Visitor visitor) {
    this.visitor = visitor;
  }

  /** A reader of what comes behind a record. */
  public ChainReader(ChainLink behind, Visitor visitor) {
    this.visitor = visitor;
    number = behind.number();
    System.arraycopy(behind.hashBytes(), 0, hash, 0, hash.length);
    placed = true;
  }

  /** Where it stands. */
  public ChainLink last() {
    return ChainLink.of(number, hash);
  }

  /**
   * Reads one file.
   *
   * @param in from its first byte on; not closed
   * @param file for messages
   * @return how many bytes of it are whole records
   * @throws DamagedChainException where it is not what was written; {@code isCutOff} if it ends in
   *     the midst of a record
   */
  public long read(InputStream in, Path file) throws IOException {
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

  private long frame(InputStream in, Path file, long offset, byte[] headBytes) throws IOException {
    boolean first = offset == 0;
    int length = intAt(headBytes, 0);
    if (length <= 0 || length > Frames.RECORD_BYTES_MAX) {
      throw damaged(
          file, offset, "the length of record " + (number + 1) + " cannot be", in, headBytes);
    }
    if (placed && frames.checksum(length, number + 1) != intAt(headBytes, 4)) {
      throw damaged(
          file,
          offset,
          "the length or the place of record " + (number + 1) + " was changed",
          in,
          headBytes);
    }
    byte[] body = in.readNBytes(length + Frames.HASH_BYTES);
    if (body.length < length + Frames.HASH_BYTES) {
      throw cutOff(file, offset);
    }
    byte[] record = Arrays.copyOf(body, length);
    if (!placed) {
      begin(file, head(file, record), intAt(headBytes, 4), length);
    }
    byte[] before = hash.clone();
    frames.next(hash, record, 0, length);
    if (!Arrays.equals(hash, 0, Frames.HASH_BYTES, body, length, body.length)) {
      System.arraycopy(before, 0, hash, 0, before.length);
      throw damaged(
          file,
          offset,
          "record " + (number + 1) + " is not what was written, or what comes before it is not",
          in,
          body);
    }
    ChainHead head = first ? head(file, record) : null;
    if (head != null && !head.before().is(number, before)) {
      throw new DamagedChainException(
          file, offset, "the file does not follow on record " + number + ": one is missing");
    }
    number++;
    visitor.record(number, head, record, hash);
    return Frames.bytesOf(length);
  }

  private static ChainHead head(Path file, byte[] record) throws IOException {
    try {
      return ChainHead.decode(record);
    } catch (IllegalArgumentException e) {
      throw new DamagedChainException(file, 0, String.valueOf(e.getMessage()));
    }
  }

  private void begin(Path file, ChainHead head, int checksum, int length) throws IOException {
    if (frames.checksum(length, head.before().number() + 1) != checksum) {
      throw new DamagedChainException(file, 0, "the first record was changed");
    }
    number = head.before().number();
    System.arraycopy(head.before().hashBytes(), 0, hash, 0, hash.length);
    placed = true;
  }

  private DamagedChainException cutOff(Path file, long offset) {
    return new DamagedChainException(
        file, offset, "the file ends in the midst of record " + (number + 1), true);
  }

  /**
   * A frame that is wrong. If it ends in zeros and only zeros follow, the machine lost its power
   * before the bytes were on the disk, and the file counts as cut off.
   */
  private DamagedChainException damaged(
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
    return new DamagedChainException(file, offset, what, cutOff);
  }

  private static int intAt(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
