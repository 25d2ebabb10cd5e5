package dev.holdfast.history;

/**
 * One line of a history. Times in nanoseconds are those of the monotonic clock that the {@link
 * Header} before the line names; times in milliseconds are those of the cluster clock, which the
 * log carries.
 */
public sealed interface HistoryLine {
  /** What is a client's, or a node's: everything but the frame of the file. */
  sealed interface Recorded extends HistoryLine permits ClientLine, NodeLine {}

  /**
   * The first line of a file, and of every continuation of it.
   *
   * @param format {@link #FORMAT}, or an earlier one
   * @param recorder who recorded, for a person: a client's label, a node's id
   * @param clock names the monotonic clock of the lines that follow; times of files whose clocks
   *     have the same name can be compared, others cannot
   * @param startedAtNanos that clock when the recording began
   * @param startedAtWallMillis the time of day at that moment, for a person
   */
  record Header(
      int format, String recorder, String clock, long startedAtNanos, long startedAtWallMillis)
      implements HistoryLine {
    /** The format that is written; 1, which knew no permits, conversions and so on, is read too. */
    public static final int FORMAT = 2;

    /** A header for lines that never were in a file, such as those of a simulation. */
    public static Header inMemory(String recorder) {
      return new Header(FORMAT, recorder, "memory", 0, 0);
    }
  }

  /**
   * At this place lines are missing, because the recorder could not keep up.
   *
   * @param lines how many
   */
  record Dropped(long lines) implements HistoryLine {}

  /**
   * The last line of a file that was closed.
   *
   * @param lines how many lines came before it since the header, the header included
   * @param dropped how many are missing
   */
  record End(long lines, long dropped) implements HistoryLine {}
}
