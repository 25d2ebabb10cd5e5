package dev.holdfast.fencing;

import org.jspecify.annotations.Nullable;

/**
 * A gate cannot tell whether the token is stale, for example because its disk is full. The guarded
 * write did not run. The token may have been remembered nevertheless, which can only shut out lower
 * ones; to ask again is harmless.
 */
public class GateUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param message what failed, where, and what to do next
   * @param cause what the system said, if it said something
   */
  public GateUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
