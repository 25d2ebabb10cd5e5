package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * What all exceptions of this library have in common. They are told apart by how much is certain:
 *
 * <ul>
 *   <li>{@link NotAppliedException}: nothing was done, and nothing will be. One may try again.
 *   <li>{@link OutcomeUnknownException}: it may or may not have been done; it can be asked for.
 *   <li>{@link SessionExpiredException}: the session is over, and so is everything that was held or
 *       asked for under it.
 *   <li>{@link LockLostException}: a lock was lost before it was released.
 * </ul>
 */
public abstract sealed class HoldfastException extends RuntimeException
    permits NotAppliedException,
        OutcomeUnknownException,
        SessionExpiredException,
        LockLostException {
  private static final long serialVersionUID = 1L;

  HoldfastException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
