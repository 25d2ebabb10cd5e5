package dev.holdfast.core;

import dev.holdfast.protocol.v1.Acknowledged;
import java.util.Arrays;

/**
 * The sequence numbers whose answers a session has received: all below a mark, and closed ranges
 * above it. Immutable.
 */
final class Numbers {
  /**
   * Most ranges that are kept for a session; a client that would need more acknowledges out of all
   * reason.
   */
  static final int RANGES_MAX = 4_096;

  private static final long[] NONE = {};

  static final Numbers EMPTY = new Numbers(1, NONE);

  private final long below;

  /** From, to, from, to, ...; ascending, neither touching each other nor {@link #below}. */
  private final long[] ranges;

  private Numbers(long below, long[] ranges) {
    this.below = below;
    this.ranges = ranges;
  }

  /** Every number under this one is in the set; 1 or more. */
  long below() {
    return below;
  }

  /** How many ranges there are above {@link #below()}. */
  int rangeCount() {
    return ranges.length / 2;
  }

  long rangeFrom(int index) {
    return ranges[2 * index];
  }

  long rangeTo(int index) {
    return ranges[2 * index + 1];
  }

  boolean contains(long number) {
    if (number < below) {
      return true;
    }
    for (int i = 0; i < ranges.length; i += 2) {
      if (number < ranges[i]) {
        return false;
      }
      if (number <= ranges[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /**
   * Both sets together; just this one when the result would need more than {@link #RANGES_MAX}
   * ranges.
   */
  Numbers plus(Acknowledged more) {
    if (more.getRangesCount() == 0 && (ranges.length == 0 || more.getBelow() <= below)) {
      return more.getBelow() <= below ? this : new Numbers(more.getBelow(), NONE);
    }
    long[] all = new long[ranges.length + more.getRangesCount() / 2 * 2];
    System.arraycopy(ranges, 0, all, 0, ranges.length);
    for (int i = ranges.length; i < all.length; i++) {
      all[i] = more.getRanges(i - ranges.length);
    }
    return normalised(Math.max(below, more.getBelow()), all);
  }

  /**
   * This and one more number, come what may: where that would need more than {@link #RANGES_MAX}
   * ranges, the lowest gap is filled.
   */
  Numbers with(long number) {
    Acknowledged one = Acknowledged.newBuilder().addRanges(number).addRanges(number).build();
    if (contains(number)) {
      return this;
    }
    Numbers both = plus(one);
    return both == this
        ? new Numbers(next(ranges[1]), Arrays.copyOfRange(ranges, 2, ranges.length)).with(number)
        : both;
  }

  private Numbers normalised(long mark, long[] pairs) {
    int count = pairs.length / 2;
    Range[] sorted = new Range[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = new Range(pairs[2 * i], pairs[2 * i + 1]);
    }
    Arrays.sort(sorted);
    long newBelow = mark;
    long[] kept = new long[2 * count];
    int length = 0;
    for (Range range : sorted) {
      if (range.to < range.from || range.to < newBelow) {
        continue;
      }
      if (range.from <= newBelow) {
        newBelow = next(range.to);
      } else if (length > 0 && range.from <= next(kept[length - 1])) {
        kept[length - 1] = Math.max(kept[length - 1], range.to);
      } else {
        kept[length++] = range.from;
        kept[length++] = range.to;
      }
    }
    return length / 2 > RANGES_MAX ? this : new Numbers(newBelow, Arrays.copyOf(kept, length));
  }

  private static long next(long number) {
    return number == Long.MAX_VALUE ? number : number + 1;
  }

  static Numbers of(Acknowledged message) {
    return EMPTY.plus(message);
  }

  Acknowledged toMessage() {
    Acknowledged.Builder message = Acknowledged.newBuilder().setBelow(below);
    for (long each : ranges) {
      message.addRanges(each);
    }
    return message.build();
  }

  private record Range(long from, long to) implements Comparable<Range> {
    @Override
    public int compareTo(Range other) {
      return from != other.from ? Long.compare(from, other.from) : Long.compare(to, other.to);
    }
  }
}
