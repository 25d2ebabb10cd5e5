package dev.holdfast.client;

/**
 * A node, the cluster or this client has too much to do; the request was tried as often as the
 * retry policy says.
 */
public final class OverloadedException extends NotAppliedException {
  private static final long serialVersionUID = 1L;

  private final RefusalReason reason;

  OverloadedException(RefusalReason reason, String message) {
    super(message, null);
    this.reason = reason;
  }

  /** The limit that was reached. */
  public RefusalReason reason() {
    return reason;
  }
}
