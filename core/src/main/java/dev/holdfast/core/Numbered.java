package dev.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Things in the order of their numbers (tokens, tickets, sequence numbers). Most of these hold none
 * or one thing, and there are several to a lock, so the first thing is kept without a tree around
 * it.
 */
class Numbered<V> {
  private long onlyNumber;
  private @Nullable V only;
  private @Nullable TreeMap<Long, V> many;

  int size() {
    return many != null ? many.size() : only != null ? 1 : 0;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  @Nullable V get(long number) {
    if (many != null) {
      return many.get(number);
    }
    return only != null && onlyNumber == number ? only : null;
  }

  void put(long number, V value) {
    if (many == null && (only == null || onlyNumber == number)) {
      onlyNumber = number;
      only = value;
      return;
    }
    if (many == null) {
      many = new TreeMap<>();
      many.put(onlyNumber, Objects.requireNonNull(only));
      only = null;
    }
    many.put(number, value);
  }

  void remove(long number) {
    if (many != null) {
      many.remove(number);
      if (many.isEmpty()) {
        many = null;
      }
    } else if (onlyNumber == number) {
      only = null;
    }
  }

  @Nullable V first() {
    if (many != null) {
      return many.firstEntry().getValue();
    }
    return only;
  }

  /** The smallest number, or {@link Long#MAX_VALUE} when there is none. */
  long firstNumber() {
    if (many != null) {
      return many.firstKey();
    }
    return only != null ? onlyNumber : Long.MAX_VALUE;
  }

  /** The thing with the smallest number above {@code number}. */
  @Nullable V after(long number) {
    if (many != null) {
      Map.Entry<Long, V> next = many.higherEntry(number);
      return next == null ? null : next.getValue();
    }
    return only != null && onlyNumber > number ? only : null;
  }

  /** How many numbers are smaller than {@code number}; counts no further than {@code limit}. */
  int countBefore(long number, int limit) {
    if (many == null) {
      return only != null && onlyNumber < number && limit > 0 ? 1 : 0;
    }
    int count = 0;
    for (long each : many.keySet()) {
      if (each >= number || count >= limit) {
        break;
      }
      count++;
    }
    return count;
  }

  /** A copy of the first {@code limit} things. */
  List<V> list(int limit) {
    List<V> things = new ArrayList<>(Math.min(limit, size()));
    if (many != null) {
      for (V each : many.values()) {
        if (things.size() == limit) {
          break;
        }
        things.add(each);
      }
    } else if (only != null && limit > 0) {
      things.add(only);
    }
    return things;
  }

  /** A copy of everything. */
  List<V> list() {
    return list(Integer.MAX_VALUE);
  }
}
