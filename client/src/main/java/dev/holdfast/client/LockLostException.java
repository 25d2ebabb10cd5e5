package dev.holdfast.client;

import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.FencingToken;

/**
 * The lock was lost before it was released, so what was done under it may have met somebody else's
 * work. If the resource is fenced by the token, it has refused everything that came too late.
 */
public final class LockLostException extends HoldfastException {
  private static final long serialVersionUID = 1L;

  private final long token;
  private final LossReason reason;

  LockLostException(FencingToken token, LossReason reason, String message) {
    super(message, null);
    this.token = token.value();
    this.reason = reason;
  }

  /** The token of the grant that was lost. */
  public FencingToken token() {
    return new FencingToken(token);
  }

  /** How it was lost. */
  public LossReason reason() {
    return reason;
  }
}
