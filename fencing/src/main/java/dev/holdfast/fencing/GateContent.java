package dev.holdfast.fencing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What a gate file holds, and its bytes:
 *
 * <pre>{@code
 * header  8 magic "HFGATE1\n" | 8 generation | 4 number of records | 4 CRC-32C of these 20 bytes
 * record  4 bytes in the name | 8 token | the name in UTF-8 | 4 CRC-32C of the record so far
 * }</pre>
 *
 * Numbers are big-endian. Records are in ascending order of their names as Java compares strings,
 * each name once, and nothing follows the last one. So every byte of the file is checked by a sum,
 * and a file that was cut short or grew has the wrong number of records.
 *
 * @param generation the number of this content; a change has the next one
 * @param tokens the highest token seen, by resource
 */
record GateContent(long generation, SortedMap<String, Long> tokens) {
  static final int HEADER_BYTES = 24;

  /** Bounds the cost of a change, which writes all records: some megabytes at most. */
  static final int RESOURCES_MAX = 16_384;

  private static final long MAGIC = 0x4846_4741_5445_310AL;
  private static final int RECORD_BYTES_MIN = 4 + Long.BYTES + 1 + 4;

  /**
   * The content of a new gate. Its generations start anywhere, so that those of a file that was
   * removed and created anew are not taken for those of the old one.
   */
  static GateContent empty() {
    return new GateContent(new SecureRandom().nextLong() >>> 2, Collections.emptySortedMap());
  }

  /** The content after a resource's token has been raised. */
  GateContent with(String resource, long token) {
    TreeMap<String, Long> changed = new TreeMap<>(tokens);
    changed.put(resource, token);
    return new GateContent(generation + 1, Collections.unmodifiableSortedMap(changed));
  }

  /** The highest token of a resource, or 0. */
  long highestToken(String resource) {
    return tokens.getOrDefault(resource, 0L);
  }

  boolean isFull() {
    return tokens.size() >= RESOURCES_MAX;
  }

  byte[] encode() {
    int size = HEADER_BYTES;
    for (String resource : tokens.keySet()) {
      size += RECORD_BYTES_MIN - 1 + resource.getBytes(StandardCharsets.UTF_8).length;
    }
    byte[] content = new byte[size];
    ByteBuffer bytes = ByteBuffer.wrap(content);
    bytes.putLong(MAGIC).putLong(generation).putInt(tokens.size());
    bytes.putInt(checksum(content, 0, bytes.position()));
    tokens.forEach(
        (resource, token) -> {
          byte[] name = resource.getBytes(StandardCharsets.UTF_8);
          int start = bytes.position();
          bytes.putInt(name.length).putLong(token).put(name);
          bytes.putInt(checksum(content, start, bytes.position()));
        });
    return content;
  }

  static long decodeGeneration(Path file, byte[] header) {
    if (header.length < HEADER_BYTES) {
      throw new DamagedGateFileException(
          file,
          header.length,
          "it ends within its header, which has %d bytes".formatted(HEADER_BYTES));
    }
    ByteBuffer bytes = ByteBuffer.wrap(header);
    if (bytes.getLong(0) != MAGIC) {
      throw new DamagedGateFileException(file, 0, "it does not begin as a gate file does");
    }
    if (bytes.getInt(HEADER_BYTES - 4) != checksum(header, 0, HEADER_BYTES - 4)) {
      throw new DamagedGateFileException(
          file, HEADER_BYTES - 4, "the header does not match its checksum");
    }
    return bytes.getLong(Long.BYTES);
  }

  static GateContent decode(Path file, byte[] content) {
    long generation = decodeGeneration(file, content);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    int count = bytes.getInt(2 * Long.BYTES);
    bytes.position(HEADER_BYTES);
    TreeMap<String, Long> tokens = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      decodeRecord(file, content, bytes, tokens);
    }
    if (bytes.hasRemaining()) {
      throw new DamagedGateFileException(
          file, bytes.position(), "%d bytes follow the last record".formatted(bytes.remaining()));
    }
    return new GateContent(generation, Collections.unmodifiableSortedMap(tokens));
  }

  private static void decodeRecord(
      Path file, byte[] content, ByteBuffer bytes, TreeMap<String, Long> tokens) {
    int start = bytes.position();
    if (bytes.remaining() < RECORD_BYTES_MIN) {
      throw new DamagedGateFileException(file, bytes.limit(), "it ends within a record");
    }
    int nameBytes = bytes.getInt();
    if (nameBytes < 1 || nameBytes > GateArguments.RESOURCE_BYTES_MAX) {
      throw new DamagedGateFileException(
          file, start, "a record's name has %d bytes".formatted(nameBytes));
    }
    if (bytes.remaining() < Long.BYTES + nameBytes + 4) {
      throw new DamagedGateFileException(file, bytes.limit(), "it ends within a record");
    }
    long token = bytes.getLong();
    byte[] name = new byte[nameBytes];
    bytes.get(name);
    int expected = checksum(content, start, bytes.position());
    if (bytes.getInt() != expected) {
      throw new DamagedGateFileException(file, start, "a record does not match its checksum");
    }
    String resource = new String(name, StandardCharsets.UTF_8);
    if (token < 1 || (!tokens.isEmpty() && tokens.lastKey().compareTo(resource) >= 0)) {
      throw new DamagedGateFileException(
          file, start, "a record's checksum is right, but its token or its place is not");
    }
    tokens.put(resource, token);
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, to - from);
    return (int) sum.getValue();
  }
}
