package dev.holdfast.core;

import java.util.Iterator;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map in segments, of which a copy costs next to nothing: {@link #freeze} hands out the
 * segments as they are, and the first change to a segment afterwards copies that segment only. So a
 * snapshot is taken between two entries and written on another thread while the machine goes on.
 *
 * <p>Values are immutable. A key's segment and its place in it depend on the key alone, never on
 * the history of the table, so equal contents are walked in equal order on every node.
 */
final class Table<K extends Comparable<K>, V> {
  /** Segments of a table: a million rows make a thousand rows to copy at a time. */
  static final int SEGMENTS = 1_024;

  private final ToIntFunction<K> segmentOf;
  private final @Nullable Segment<K, V>[] segments = newSegments();
  private long epoch;
  private int size;

  /**
   * An empty table.
   *
   * @param segmentOf any number that depends on the key alone; spread over the segments here
   */
  Table(ToIntFunction<K> segmentOf) {
    this.segmentOf = segmentOf;
  }

  int size() {
    return size;
  }

  @Nullable V get(K key) {
    Segment<K, V> segment = segments[indexOf(key)];
    return segment == null ? null : segment.rows.get(key);
  }

  void put(K key, V value) {
    if (writable(indexOf(key)).rows.put(key, value) == null) {
      size++;
    }
  }

  void remove(K key) {
    int index = indexOf(key);
    Segment<K, V> segment = segments[index];
    if (segment != null && segment.rows.containsKey(key)) {
      writable(index).rows.remove(key);
      size--;
    }
  }

  /** The smallest key that is {@code from} or greater and shares its segment; null if none. */
  @Nullable K firstFrom(K from) {
    Segment<K, V> segment = segments[indexOf(from)];
    return segment == null ? null : segment.rows.ceilingKey(from);
  }

  /**
   * Removes the keys from {@code from} to {@code to}, both included, which must share a segment;
   * tells how many.
   */
  int removeRange(K from, K to) {
    int index = indexOf(from);
    Segment<K, V> segment = segments[index];
    if (segment == null) {
      return 0;
    }
    K first = segment.rows.ceilingKey(from);
    if (first == null || first.compareTo(to) > 0) {
      return 0;
    }
    // With one search: what is acknowledged is dropped with every request.
    Iterator<K> keys = writable(index).rows.tailMap(first, true).keySet().iterator();
    int removed = 0;
    while (keys.hasNext() && keys.next().compareTo(to) <= 0) {
      keys.remove();
      removed++;
    }
    size -= removed;
    return removed;
  }

  /** The segments as they are now; they do not change any more. Absent ones are empty. */
  @Nullable Segment<K, V>[] freeze() {
    epoch++;
    return segments.clone();
  }

  /** The segments themselves, for a look on the machine's own thread. */
  @Nullable Segment<K, V>[] live() {
    return segments;
  }

  private Segment<K, V> writable(int index) {
    Segment<K, V> segment = segments[index];
    if (segment == null) {
      segment = new Segment<>(epoch, new TreeMap<>());
      segments[index] = segment;
    } else if (segment.epoch != epoch) {
      segment = new Segment<>(epoch, new TreeMap<>(segment.rows));
      segments[index] = segment;
    }
    segment.hash = null;
    return Objects.requireNonNull(segment);
  }

  private int indexOf(K key) {
    int mixed = segmentOf.applyAsInt(key) * 0x9E3779B9;
    return mixed >>> 22;
  }

  @SuppressWarnings("unchecked")
  private static <K, V> @Nullable Segment<K, V>[] newSegments() {
    return (Segment<K, V>[]) new Segment<?, ?>[SEGMENTS];
  }

  /**
   * A part of the table's rows. Written on the machine's thread until it is frozen, never
   * afterwards.
   */
  static final class Segment<K, V> {
    final long epoch;
    final NavigableMap<K, V> rows;

    /**
     * Hash of the rows, null when not computed since the last change. Volatile: a frozen segment
     * has two readers.
     */
    volatile byte @Nullable [] hash;

    Segment(long epoch, NavigableMap<K, V> rows) {
      this.epoch = epoch;
      this.rows = rows;
    }
  }
}
