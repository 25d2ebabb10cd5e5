package dev.holdfast.client;

/**
 * The session is over, and with it everything that was held or waited for under it. The caller
 * holds nothing by this request. A later call opens a new session; nothing is acquired again by
 * itself.
 */
public final class SessionExpiredException extends HoldfastException {
  private static final long serialVersionUID = 1L;

  SessionExpiredException(String message) {
    super(message, null);
  }
}
