package dev.holdfast.client;

import java.time.Instant;

/**
 * A point in the past: a revision, or a time of day.
 *
 * @param revision 0 or more; -1 if it is a time of day
 * @param wallMillis milliseconds since 1970 (UTC), 0 or more; -1 if it is a revision
 */
public record PastPoint(long revision, long wallMillis) {
  /** Refuses what is neither or both. */
  public PastPoint {
    if ((revision >= 0) == (wallMillis >= 0)) {
      throw new IllegalArgumentException(
          "a point is a revision or a time of day, each 0 or more, not "
              + revision
              + " and "
              + wallMillis);
    }
  }

  /** Behind the step with this revision. */
  public static PastPoint revision(long revision) {
    return new PastPoint(revision, -1);
  }

  /** At a time of day, by the clock of the node that answers. */
  public static PastPoint time(Instant time) {
    return new PastPoint(-1, time.toEpochMilli());
  }
}
