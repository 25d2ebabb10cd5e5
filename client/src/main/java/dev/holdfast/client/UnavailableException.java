package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * No node answered in time. The caller holds nothing: the request never left this client, or it
 * goes on being taken back in the background, and whatever is granted to it all the same is
 * released at once.
 */
public final class UnavailableException extends NotAppliedException {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
