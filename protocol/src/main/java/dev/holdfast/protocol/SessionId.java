package dev.holdfast.protocol;

/**
 * A session's number: the revision at which it was opened, so no two sessions ever share one.
 *
 * @param value 1 or more
 */
public record SessionId(long value) implements Comparable<SessionId> {
  /** Refuses numbers that no session can have. */
  public SessionId {
    if (value < 1) {
      throw new IllegalArgumentException("a session id is 1 or more, not " + value);
    }
  }

  @Override
  public int compareTo(SessionId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
