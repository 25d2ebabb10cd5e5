package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Locks without threads: what is granted belongs to the {@link LockGrant}, and each request has a fresh owner unless
 * it names one. Nothing here blocks. Futures are completed on the callback executor (a thread {@code
 * holdfast-callback-<n>} unless configured); dependents that block belong on an executor of your own.
 *
 * <p>A future that its user cancels, or times out with {@code orTimeout}, takes the request back: it leaves the queue,
 * and what is granted all the same is released in the background.
 *
 * <p>Futures fail with the exceptions of {@link HoldfastException}, never wrapped by this library.
 */
public final class AsyncLocks {
  AsyncLocks() {}

  /**
   * Waits for the locks as long as the request says.
   *
   * @return the grant; or {@link LockRefusedException} ({@link RefusalReason#WAIT_TIMED_OUT} when the time is over, at
   *     the caller's own clock even if no node answers), {@link OverloadedException}, {@link UnavailableException} or
   *     {@link SessionExpiredException}
   */
  public CompletableFuture<LockGrant> acquire(AcquireRequest request) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Gets the locks at once or not at all; the request's waiting time does not matter.
   *
   * @return granted or refused; or {@link OutcomeUnknownException} after the request time-out, {@link
   *     OverloadedException}, {@link UnavailableException} or {@link SessionExpiredException}
   */
  public CompletableFuture<PreemptResult> preempt(AcquireRequest request) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Releases a grant of this session by its token.
   *
   * @return done; or {@link LockLostException} if the grant had ended before, {@link OutcomeUnknownException} after the
   *     request time-out (the release goes on in the background)
   */
  public CompletableFuture<Void> release(FencingToken token) {
    throw new UnsupportedOperationException("not yet");
  }

  /** See {@link LockGrant#extend}. */
  public CompletableFuture<LockGrant> extend(LockGrant grant, Duration lease) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Finds out what became of a request whose outcome is unknown, as soon as a node answers. There is no time-out: use
   * {@code orTimeout}.
   *
   * @return what became of it; or {@link IllegalArgumentException} if this client has no such request open
   */
  public CompletableFuture<Resolution> resolve(RequestId id) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Takes back a request whose outcome is unknown: what was granted by it is released in the background. */
  public void abandon(RequestId id) {
    throw new UnsupportedOperationException("not yet");
  }
}
