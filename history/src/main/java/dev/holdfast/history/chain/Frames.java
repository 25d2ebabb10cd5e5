package dev.holdfast.history.chain;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * How a record lies in a file: its length, a checksum of the length and of its place in the chain,
 * the record, and SHA-256 over the hash before and the record. For one thread.
 *
 * <p>The length has a checksum of its own so that a file that was cut off, which ends in the midst
 * of a frame with a right length, can be told from one that was changed.
 */
final class Frames {
  static final int HASH_BYTES = 32;
  static final int HEAD_BYTES = 8;

  /** Above what any record has: a lock's name has 512 bytes, a request 64 of them. */
  static final int RECORD_BYTES_MAX = 1 << 20;

  private final MessageDigest sha256;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer checked = ByteBuffer.allocate(Integer.BYTES + Long.BYTES);

  Frames() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static int bytesOf(int recordBytes) {
    return HEAD_BYTES + recordBytes + HASH_BYTES;
  }

  /**
   * Puts a frame into a buffer that has room for it, and leaves the record's hash in {@code hash}.
   */
  void put(ByteBuffer to, long number, byte[] record, byte[] hash) {
    to.putInt(record.length);
    to.putInt(checksum(record.length, number));
    to.put(record);
    next(hash, record, 0, record.length);
    to.put(hash);
  }

  int checksum(int length, long number) {
    checked.clear();
    checked.putInt(length).putLong(number).flip();
    crc.reset();
    crc.update(checked);
    return (int) crc.getValue();
  }

  /** Replaces the hash before by that of a record. */
  void next(byte[] hash, byte[] bytes, int from, int length) {
    sha256.update(hash, 0, HASH_BYTES);
    sha256.update(bytes, from, length);
    try {
      sha256.digest(hash, 0, HASH_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("a hash has 32 bytes", e);
    }
  }
}
