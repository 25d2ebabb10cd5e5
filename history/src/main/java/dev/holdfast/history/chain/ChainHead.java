package dev.holdfast.history.chain;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The first record of each file: it says where in the chain the file belongs.
 *
 * @param before what comes before it
 * @param position where in its own count the writer was, such as a revision
 * @param writer who writes the chain
 */
public record ChainHead(ChainLink before, long position, String writer) {
  static final int FORMAT = 1;
  private static final byte[] MAGIC = "holdfast chain\n".getBytes(StandardCharsets.US_ASCII);

  byte[] encoded() {
    byte[] name = writer.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(
            MAGIC.length + Integer.BYTES + 2 * Long.BYTES + Frames.HASH_BYTES + name.length);
    bytes.put(MAGIC).putInt(FORMAT).putLong(before.number()).putLong(position);
    bytes.put(before.hashBytes()).put(name);
    return bytes.array();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  static ChainHead decode(byte[] record) {
    ByteBuffer bytes = ByteBuffer.wrap(record);
    try {
      byte[] magic = new byte[MAGIC.length];
      bytes.get(magic);
      if (!java.util.Arrays.equals(magic, MAGIC)) {
        throw new IllegalArgumentException("this is no file of a chain");
      }
      int format = bytes.getInt();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "the format is "
                + format
                + " and this program reads format "
                + FORMAT
                + "; use the version of holdfast that wrote it");
      }
      long number = bytes.getLong();
      long position = bytes.getLong();
      byte[] hash = new byte[Frames.HASH_BYTES];
      bytes.get(hash);
      byte[] name = new byte[bytes.remaining()];
      bytes.get(name);
      return new ChainHead(
          ChainLink.of(number, hash), position, new String(name, StandardCharsets.UTF_8));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("this is no file of a chain", e);
    }
  }
}
