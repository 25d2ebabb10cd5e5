package dev.holdfast.replication.jraft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Tells a torn tail of RocksDB's write-ahead log from damage in front of the tail.
 *
 * <p>RocksDB forgives an incomplete record at the end. But a flipped length in the last 32 KiB of
 * the file looks to it like such a record, and it forgets without a word what stands behind:
 * entries that this node may have acknowledged. So this looks for a valid record behind the first
 * invalid one; a write that was cut short has none. The format: blocks of 32 KiB; records of a
 * masked CRC-32C over type and data (4 bytes), length (2), type (1), data; a block's rest of fewer
 * than 7 bytes is zero.
 */
final class WalCheck {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;
  private static final int TYPE_MAX = 4;
  private static final int CRC_MASK_DELTA = 0xa282ead8;

  private WalCheck() {}

  /** Where a log is damaged. */
  record Damage(Path file, long offset) {
    @Override
    public String toString() {
      return file + " at offset " + offset + ", with intact records behind it";
    }
  }

  /** The first damage that is no torn tail, or null. */
  static @Nullable Damage findDamage(String folder) {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      List<Path> logs = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
      for (Path file : logs) {
        long offset = damagedOffset(ByteBuffer.wrap(Files.readAllBytes(file)));
        if (offset >= 0) {
          return new Damage(file, offset);
        }
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long damagedOffset(ByteBuffer bytes) {
    ByteBuffer log = bytes.order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (at < log.limit()) {
      int left = BLOCK_BYTES - at % BLOCK_BYTES;
      if (left < HEADER_BYTES) {
        at += left;
      } else if (isRecord(log, at)) {
        at += HEADER_BYTES + length(log, at);
      } else {
        return hasRecordBehind(log, at) ? at : -1;
      }
    }
    return -1;
  }

  /** Every offset is tried, since the length that leads to the next record may be what is wrong. */
  private static boolean hasRecordBehind(ByteBuffer log, int damaged) {
    for (int at = damaged + 1; at <= log.limit() - HEADER_BYTES; at++) {
      if (BLOCK_BYTES - at % BLOCK_BYTES >= HEADER_BYTES
          && length(log, at) > 0
          && isRecord(log, at)) {
        return true;
      }
    }
    return false;
  }

  private static int length(ByteBuffer log, int at) {
    return log.getShort(at + 4) & 0xffff;
  }

  private static boolean isRecord(ByteBuffer log, int at) {
    if (at + HEADER_BYTES > log.limit()) {
      return false;
    }
    int length = length(log, at);
    int type = log.get(at + 6);
    boolean fits =
        at + HEADER_BYTES + length <= log.limit()
            && at % BLOCK_BYTES + HEADER_BYTES + length <= BLOCK_BYTES;
    if (!fits || type < 1 || type > TYPE_MAX) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(log.slice(at + 6, 1 + length));
    int value = (int) crc.getValue();
    int masked = Integer.rotateRight(value, 15) + CRC_MASK_DELTA;
    return masked == log.getInt(at);
  }
}
