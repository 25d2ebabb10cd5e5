package dev.holdfast.history.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Revisions of which everything is known, as closed ranges. */
final class Coverage {
  private record Range(long from, long to) {}

  private List<Range> ranges = new ArrayList<>();
  private boolean sorted = true;

  /** Everything from one revision to another is known. */
  void add(long from, long to) {
    if (from <= to) {
      ranges.add(new Range(from, to));
      sorted = false;
    }
  }

  void addAll(Coverage other) {
    ranges.addAll(other.ranges);
    sorted = false;
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  boolean contains(long revision) {
    return !isEmpty() && endOf(revision) >= revision;
  }

  /** How far everything is known from a revision on; less than the revision if it is not known. */
  long endOf(long revision) {
    sort();
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = ranges.get(middle);
      if (revision < range.from) {
        high = middle - 1;
      } else if (revision > range.to) {
        low = middle + 1;
      } else {
        return range.to;
      }
    }
    return revision - 1;
  }

  /** How far everything is known from the beginning of the map on; 0 if that is not known. */
  long knownFromBeginning() {
    return isEmpty() ? 0 : Math.max(0, endOf(1));
  }

  /** The highest revision of which anything is known for sure. */
  long last() {
    sort();
    return isEmpty() ? 0 : ranges.get(ranges.size() - 1).to;
  }

  boolean hasHoles() {
    sort();
    return ranges.size() > 1;
  }

  private void sort() {
    if (sorted) {
      return;
    }
    sorted = true;
    List<Range> byStart = new ArrayList<>(ranges);
    byStart.sort(Comparator.comparingLong(Range::from));
    List<Range> merged = new ArrayList<>();
    for (Range range : byStart) {
      Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && range.from <= last.to + 1) {
        merged.set(merged.size() - 1, new Range(last.from, Math.max(last.to, range.to)));
      } else {
        merged.add(range);
      }
    }
    ranges = merged;
  }
}
