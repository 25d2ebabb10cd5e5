package dev.holdfast.verification.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node's disk holds, and how much of it has been forced. */
final class RaftDisk {
  /** Records kept before the snapshot, for followers that are a little behind. */
  private static final int KEPT = 8;

  long term;
  int votedFor = -1;
  @Nullable RaftSnapshot snapshot;

  /** False after the disk was lost, until a leader has brought it up to date. */
  boolean voter;

  /** How far the disk that was lost may have helped to commit. */
  final long lostIndex;

  private final List<RaftRecord> records = new ArrayList<>();
  private long firstIndex = 1;
  private long firstPreviousTerm;
  private long forcedIndex;

  /** The first disk of a node. */
  RaftDisk() {
    lostIndex = 0;
    voter = true;
  }

  /** A disk in the place of a lost one. */
  RaftDisk(long lostIndex) {
    this.lostIndex = lostIndex;
    voter = false;
  }

  long lastIndex() {
    return firstIndex + records.size() - 1;
  }

  long firstIndex() {
    return firstIndex;
  }

  long forcedIndex() {
    return forcedIndex;
  }

  void force(long index) {
    forcedIndex = Math.max(forcedIndex, Math.min(index, lastIndex()));
  }

  /** The term of a record, 0 for none; -1 if it is not kept any more. */
  long termAt(long index) {
    if (index == firstIndex - 1) {
      return firstPreviousTerm;
    }
    return index < firstIndex || index > lastIndex()
        ? -1
        : records.get((int) (index - firstIndex)).term();
  }

  RaftRecord record(long index) {
    return records.get((int) (index - firstIndex));
  }

  List<RaftRecord> from(long index, int max) {
    int start = (int) (index - firstIndex);
    return List.copyOf(records.subList(start, Math.min(records.size(), start + max)));
  }

  void append(RaftRecord record) {
    records.add(record);
  }

  void truncateAfter(long index) {
    records.subList((int) (index - firstIndex + 1), records.size()).clear();
    forcedIndex = Math.min(forcedIndex, index);
  }

  /** The power goes: what was not forced is gone. */
  void lose() {
    if (forcedIndex < lastIndex()) {
      truncateAfter(Math.max(forcedIndex, firstIndex - 1));
    }
  }

  /** Keeps a snapshot, and of the log only what it does not hold, and a little more. */
  void keep(RaftSnapshot newer) {
    snapshot = newer;
    forcedIndex = Math.max(forcedIndex, newer.index());
    long newFirst = Math.min(Math.max(firstIndex, newer.index() - KEPT + 1), newer.index() + 1);
    if (newFirst > firstIndex) {
      firstPreviousTerm = termAt(newFirst - 1);
      records.subList(0, (int) (newFirst - firstIndex)).clear();
      firstIndex = newFirst;
    }
  }

  /** A snapshot of another node takes the place of everything that does not follow from it. */
  void install(RaftSnapshot newer) {
    if (termAt(newer.index()) == newer.term()) {
      keep(newer);
      return;
    }
    records.clear();
    snapshot = newer;
    firstIndex = newer.index() + 1;
    firstPreviousTerm = newer.term();
    forcedIndex = newer.index();
  }
}
