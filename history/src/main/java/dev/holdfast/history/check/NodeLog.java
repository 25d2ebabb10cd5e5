package dev.holdfast.history.check;

import org.jspecify.annotations.Nullable;

/** When one node, on one clock, had applied what, and which revisions it tells all about. */
final class NodeLog {
  /** What a time is when it is not known. */
  static final long UNKNOWN = Long.MIN_VALUE;

  final String node;
  final int clock;

  /** Its place in the bit set of {@link Step#toldBy}. */
  final int index;

  final Coverage coverage = new Coverage();
  private final LongList revisions = new LongList();
  private final LongList highest = new LongList();
  private final LongList atNanos = new LongList();

  /** The last revision of the present stretch; -1 before it begins. */
  private long last = -1;

  /** The last revision that the present stretch does not cover. */
  private long before = -1;

  /**
   * So many lines were read before the recording was interrupted for the first time. What was lost
   * then may be told again by the next run of the node, with a time that is too late.
   */
  private int linesOfFirstRun = Integer.MAX_VALUE;

  @Nullable LocatedLine lastLine;

  NodeLog(String node, int clock, int index) {
    this.node = node;
    this.clock = clock;
    this.index = index;
  }

  /** The last revision of the present stretch; -1 if none has begun. */
  long last() {
    return last;
  }

  /** A stretch begins behind a revision. */
  void begin(long revision) {
    closeStretch(last - 1);
    before = revision;
    last = revision;
  }

  /** A line of a revision was read. */
  void tell(long revision, LocatedLine line) {
    if (last < 0) {
      // Nobody said where the stretch begins: the revision itself may be told incompletely.
      before = revision;
    }
    last = Math.max(last, revision);
    lastLine = line;
  }

  /** Everything up to a revision has been told. */
  void reach(long revision) {
    last = Math.max(last, revision);
    closeStretch(last);
    before = last;
  }

  /** Lines are missing; or the file ends, and the last revision may be told incompletely. */
  void interrupt() {
    if (last != before) {
      linesOfFirstRun = Math.min(linesOfFirstRun, revisions.size());
    }
    closeStretch(last - 1);
    last = -1;
    before = -1;
  }

  private void closeStretch(long to) {
    if (before >= 0) {
      coverage.add(before + 1, to);
    }
  }

  /** The node had applied a revision by a moment. */
  void appliedAt(long revision, long nanos) {
    revisions.add(revision);
    highest.add(
        revisions.size() == 1 ? revision : Math.max(revision, highest.get(revisions.size() - 2)));
    atNanos.add(nanos);
  }

  /**
   * When the node told of a revision first: it had applied it by then, perhaps long before. {@link
   * #UNKNOWN} if it does not tell.
   */
  long firstApplied(long revision) {
    int at = highest.firstNotBelow(revision);
    return at < revisions.size() && revisions.get(at) == revision ? atNanos.get(at) : UNKNOWN;
  }

  /** When the node had just applied a revision; {@link #UNKNOWN} if that is not certain. */
  long justApplied(long revision) {
    return highest.firstNotBelow(revision) < linesOfFirstRun ? firstApplied(revision) : UNKNOWN;
  }

  int lines() {
    return revisions.size();
  }

  long revisionOf(int line) {
    return revisions.get(line);
  }

  long atNanosOf(int line) {
    return atNanos.get(line);
  }
}
