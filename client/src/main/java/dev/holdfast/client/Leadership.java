package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A turn as leader: a grant of the election's lock. Safe for use by many threads. When it is over,
 * it stays over; to lead again, campaign again.
 */
public final class Leadership implements AutoCloseable {
  private final String election;
  private final LockGrant grant;

  Leadership(String election, LockGrant grant) {
    this.election = election;
    this.grant = grant;
  }

  /**
   * Its fencing token: hand it to whatever is done as leader, so that a former leader is refused.
   */
  public FencingToken token() {
    return grant.token();
  }

  /**
   * Whether this program leads now. Turns false, by this machine's own clock, before anybody else
   * can lead (as long as clocks run alike to 1 %).
   */
  public boolean isLeading() {
    return grant.isHeld();
  }

  /** How long it leads without word from the cluster; zero if it does not lead. */
  public Duration remaining() {
    return grant.remaining();
  }

  /**
   * Completed when the leadership is lost; never if it is resigned. Dependents run on the callback
   * thread.
   */
  public CompletableFuture<GrantLoss> whenLost() {
    return grant.whenLost();
  }

  /**
   * Tells all who observe the election. Blocks for a round trip, at most the request time-out; not
   * ended by an interrupt.
   *
   * @param value at most 4,096 bytes; forgotten when another leader proclaims something
   * @throws LockLostException if this program does not lead any more; nobody is told then
   * @throws OutcomeUnknownException if no node answered in time; proclaim it again, or look
   */
  public void proclaim(byte[] value) {
    grant.setValue(election, value.clone());
  }

  /**
   * The same with the text's UTF-8.
   *
   * @param text at most 4,096 bytes of it
   */
  public void proclaim(String text) {
    proclaim(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #proclaim(byte[])}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<Void> proclaimAsync(byte[] value) {
    return grant.setValueAsync(election, value.clone());
  }

  /**
   * Ends it; the next candidate leads. {@link #isLeading} turns false before anything is sent. Not
   * ended by an interrupt; a second call has no effect.
   *
   * @throws LockLostException if it had been lost before
   * @throws OutcomeUnknownException if no node answered in time; the client goes on resigning in
   *     the background
   */
  public void resign() {
    grant.release();
  }

  /** As {@link #resign}, without waiting; the future fails with the same exceptions. */
  public CompletableFuture<Void> resignAsync() {
    return grant.releaseAsync();
  }

  /** As {@link #resign}. */
  @Override
  public void close() {
    resign();
  }

  @Override
  public String toString() {
    return "leadership " + grant.token() + " of " + election;
  }
}
