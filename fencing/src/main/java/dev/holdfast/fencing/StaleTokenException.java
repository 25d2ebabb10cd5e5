package dev.holdfast.fencing;

/**
 * A gate has seen a higher token for the resource: whoever brought this one has lost its lock to a
 * later holder. Nothing was written. The way on is to stop, and to acquire the lock again.
 */
public final class StaleTokenException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The resource that was to be written. */
  private final String resource;

  /** The token that was refused. */
  private final long token;

  /** The highest token that the gate had seen. */
  private final long highestToken;

  /**
   * A refusal.
   *
   * @param resource the resource that was to be written
   * @param token the token that is refused
   * @param highestToken the higher one that the gate has seen
   */
  public StaleTokenException(String resource, long token, long highestToken) {
    super(
        "the write to '%s' under fencing token %d is refused, because token %d has been seen: the lock was lost to a later holder; stop writing and acquire the lock again"
            .formatted(resource, token, highestToken));
    this.resource = resource;
    this.token = token;
    this.highestToken = highestToken;
  }

  /**
   * The resource that was to be written.
   *
   * @return its name
   */
  public String resource() {
    return resource;
  }

  /**
   * The token that was refused.
   *
   * @return 1 or more, lower than {@link #highestToken}
   */
  public long token() {
    return token;
  }

  /**
   * The highest token that the gate had seen when it refused.
   *
   * @return 2 or more
   */
  public long highestToken() {
    return highestToken;
  }
}
