package dev.holdfast.protocol;

/**
 * The number of a grant: the revision of its grant step. A later grant always has a larger one,
 * over crashes, leader changes and restarts, so a resource that refuses smaller tokens than it has
 * seen cannot be harmed by a holder that was declared lost.
 *
 * @param value 1 or more
 */
public record FencingToken(long value) implements Comparable<FencingToken> {
  /** Refuses numbers that no grant can have. */
  public FencingToken {
    if (value < 1) {
      throw new IllegalArgumentException("a fencing token is 1 or more, not " + value);
    }
  }

  @Override
  public int compareTo(FencingToken other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
