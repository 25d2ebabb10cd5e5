package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.log.v1.FileChunkRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files with their bytes, as a part of the state. A file is a row and its pieces of {@link
 * FileChunk#BYTES}: where a piece begins depends on nothing but its number, so equal files are
 * equal rows, however they were written.
 */
final class FileStore {
  final Table<String, GuardedFile> rows = new Table<>(String::hashCode);
  final Table<FileChunkKey, FileChunk> chunks =
      new Table<>(key -> key.file().hashCode() + Long.hashCode(key.index()));

  /** The rest is derived from the rows. */
  private final TreeSet<String> names = new TreeSet<>();

  private final TreeMap<Long, TreeSet<String>> openByToken = new TreeMap<>();
  private long bytes;

  /** Bytes of all files together. */
  long bytes() {
    return bytes;
  }

  int count() {
    return rows.size();
  }

  @Nullable GuardedFile get(String name) {
    return rows.get(name);
  }

  /** A file that is there. */
  GuardedFile existing(String name) {
    return Objects.requireNonNull(rows.get(name));
  }

  /** The names of the files that have been written to, from one on, in their order. */
  Iterable<String> namesFrom(String name, boolean inclusive) {
    return names.tailSet(name, inclusive);
  }

  /** The files that are cut off when a grant ends uncleanly, in the order of names. */
  List<String> openedBy(long token) {
    TreeSet<String> files = openByToken.get(token);
    return files == null ? List.of() : List.copyOf(files);
  }

  boolean hasOpen() {
    return !openByToken.isEmpty();
  }

  /** Puts a row without its bytes in the place of what is there of that name. */
  void put(GuardedFile file) {
    GuardedFile before = rows.get(file.name());
    forget(before);
    rows.put(file.name(), file);
    names.add(file.name());
    bytes += file.length();
    if (file.openToken() != 0) {
      openByToken.computeIfAbsent(file.openToken(), none -> new TreeSet<>()).add(file.name());
    }
  }

  void remove(String name) {
    GuardedFile file = existing(name);
    removeChunks(file, 0);
    forget(file);
    rows.remove(name);
    names.remove(name);
  }

  private void forget(@Nullable GuardedFile file) {
    if (file == null) {
      return;
    }
    bytes -= file.length();
    TreeSet<String> open = openByToken.get(file.openToken());
    if (open != null) {
      open.remove(file.name());
      if (open.isEmpty()) {
        openByToken.remove(file.openToken());
      }
    }
  }

  /** Puts a row whose file has {@code data} more than before. */
  void append(GuardedFile file, ByteString data) {
    long end = file.length() - data.size();
    int from = 0;
    while (from < data.size()) {
      FileChunkKey key = new FileChunkKey(file.name(), end / FileChunk.BYTES);
      int used = (int) (end % FileChunk.BYTES);
      int to = Math.min(data.size(), from + FileChunk.BYTES - used);
      ByteString before =
          used == 0 ? ByteString.EMPTY : Objects.requireNonNull(chunks.get(key)).data();
      ByteString after = before.concat(data.substring(from, to));
      // Of its own when it is full or new, so that neither a rope nor what it came in stays.
      boolean copies = used == 0 || after.size() == FileChunk.BYTES;
      chunks.put(key, new FileChunk(copies ? copyOf(after) : after));
      end += to - from;
      from = to;
    }
    put(file);
  }

  /** Puts a row whose file is shorter than before. */
  void cut(GuardedFile file) {
    GuardedFile before = existing(file.name());
    long kept = (file.length() + FileChunk.BYTES - 1) / FileChunk.BYTES;
    removeChunks(before, kept);
    int used = (int) (file.length() % FileChunk.BYTES);
    if (used != 0) {
      FileChunkKey key = new FileChunkKey(file.name(), kept - 1);
      ByteString data = Objects.requireNonNull(chunks.get(key)).data();
      chunks.put(key, new FileChunk(copyOf(data.substring(0, used))));
    }
    put(file);
  }

  private void removeChunks(GuardedFile file, long from) {
    for (long index = from; index * FileChunk.BYTES < file.length(); index++) {
      chunks.remove(new FileChunkKey(file.name(), index));
    }
  }

  private static ByteString copyOf(ByteString data) {
    return ByteString.copyFrom(data.toByteArray());
  }

  void load(FileChunkRecord row) {
    chunks.put(
        new FileChunkKey(row.getFile(), row.getIndex()), new FileChunk(copyOf(row.getData())));
  }

  /** The bytes of a file from an offset on, at most {@code limit}; empty past its end. */
  ByteString read(String name, long offset, int limit) {
    GuardedFile file = rows.get(name);
    long end = file == null ? 0 : Math.min(file.length(), Steps.saturatedSum(offset, limit));
    ByteString read = ByteString.EMPTY;
    long at = offset;
    while (at < end) {
      FileChunkKey key = new FileChunkKey(name, at / FileChunk.BYTES);
      ByteString data = Objects.requireNonNull(chunks.get(key)).data();
      int from = (int) (at % FileChunk.BYTES);
      int to = (int) Math.min(data.size(), from + (end - at));
      read = read.concat(data.substring(from, to));
      at += to - from;
    }
    return read;
  }

  /** The files from a name on, those among them that are there from the beginning. */
  List<FileInfo> list(String prefix, String after, int limit) {
    TreeMap<String, FileInfo> found = new TreeMap<>();
    for (int i = 0; i < FileName.DEFAULT_FILES; i++) {
      String name = FileName.ofDefault(i);
      if (name.startsWith(prefix) && name.compareTo(after) > 0) {
        found.put(name, info(name));
      }
    }
    boolean fromPrefix = prefix.compareTo(after) > 0;
    int written = 0;
    for (String name : namesFrom(fromPrefix ? prefix : after, fromPrefix)) {
      if (written >= limit || !name.startsWith(prefix)) {
        break;
      }
      found.put(name, info(name));
      written++;
    }
    return new ArrayList<>(found.values()).subList(0, Math.min(limit, found.size()));
  }

  /** A file, with nothing in it if nothing was ever written to it. */
  FileInfo info(String name) {
    GuardedFile file = rows.get(name);
    return file == null ? new FileInfo(name, 0, 0, 0, 0) : file.info();
  }
}
