package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * It is certain that the request had no effect, or none that lasts: the caller holds nothing by it.
 */
public abstract sealed class NotAppliedException extends HoldfastException
    permits LockRefusedException, OverloadedException, UnavailableException {
  private static final long serialVersionUID = 1L;

  NotAppliedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
