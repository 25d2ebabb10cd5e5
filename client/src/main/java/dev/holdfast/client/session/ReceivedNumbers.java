package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.Acknowledged;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sequence numbers whose answers have arrived: all below a mark, and closed ranges above it.
 */
final class ReceivedNumbers {
  /**
   * Most ranges that a node takes; what lies above them is told when lower numbers have arrived.
   */
  private static final int TOLD_RANGES_MAX = 1_000;

  private final TreeMap<Long, Long> ranges = new TreeMap<>();
  private long below = 1;
  private boolean changed = true;

  void add(long number) {
    if (number < below) {
      return;
    }
    if (number == below) {
      below++;
      Map.Entry<Long, Long> first = ranges.firstEntry();
      if (first != null && first.getKey() == below) {
        below = first.getValue() + 1;
        ranges.pollFirstEntry();
      }
      changed = true;
      return;
    }
    addAbove(number);
  }

  private void addAbove(long number) {
    Map.Entry<Long, Long> left = ranges.floorEntry(number);
    if (left != null && left.getValue() >= number) {
      return;
    }
    long from = left != null && left.getValue() == number - 1 ? left.getKey() : number;
    Long rightEnd = ranges.remove(number + 1);
    ranges.put(from, rightEnd == null ? number : rightEnd);
    changed = true;
  }

  /** Whether there is something that {@link #take} has not told yet. */
  boolean changed() {
    return changed;
  }

  /** A new stream has to be told from the beginning. */
  void tellAgain() {
    changed = true;
  }

  Acknowledged take() {
    changed = false;
    Acknowledged.Builder told = Acknowledged.newBuilder().setBelow(below);
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      if (told.getRangesCount() == 2 * TOLD_RANGES_MAX) {
        break;
      }
      told.addRanges(range.getKey()).addRanges(range.getValue());
    }
    return told.build();
  }
}
