package dev.holdfast.core;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything that will end by itself, in the order in which it will: by deadline, then by number.
 */
final class Deadlines {
  private final TreeSet<Deadline> set = new TreeSet<>();

  /** What ends. */
  enum Kind {
    SESSION,
    LEASE,
    RESERVATION,
    WAIT
  }

  /**
   * One end to come.
   *
   * @param id the session's id, the token of the grant or of the reservation that followed it, or
   *     the request's ticket: all are revisions, so no two are equal
   */
  record Deadline(long millis, long id, Kind kind) implements Comparable<Deadline> {
    @Override
    public int compareTo(Deadline other) {
      return millis != other.millis
          ? Long.compare(millis, other.millis)
          : Long.compare(id, other.id);
    }
  }

  void add(long millis, long id, Kind kind) {
    set.add(new Deadline(millis, id, kind));
  }

  void remove(long millis, long id, Kind kind) {
    set.remove(new Deadline(millis, id, kind));
  }

  /** The earliest one if it has come, taken out; null if none has. */
  @Nullable Deadline takeDue(long clockMillis) {
    if (set.isEmpty() || set.first().millis > clockMillis) {
      return null;
    }
    return set.pollFirst();
  }

  /** When the earliest one comes; {@link Long#MAX_VALUE} when there is none. */
  long nextMillis() {
    return set.isEmpty() ? Long.MAX_VALUE : set.first().millis;
  }
}
