package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * The request may or may not have been carried out: no answer came in time.
 *
 * <p>If there is a {@link #requestId()}, {@link AsyncLocks#resolve} finds out what became of it,
 * whenever the cluster is there again. A grant that nobody resolves is given back by the client
 * after one TTL, so no lock is held by nobody; to have that at once, call {@link
 * AsyncLocks#abandon}. An operator's command has no request id; ask for the state of things before
 * repeating it.
 */
public final class OutcomeUnknownException extends HoldfastException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable RequestId requestId;

  OutcomeUnknownException(
      @Nullable RequestId requestId, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.requestId = requestId;
  }

  /** What to ask {@link AsyncLocks#resolve} about; null for an operator's command. */
  public @Nullable RequestId requestId() {
    return requestId;
  }
}
