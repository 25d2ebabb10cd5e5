package dev.holdfast.fencing;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the highest fencing token seen for each resource and refuses lower ones.
 *
 * <p>A token that is equal to the highest is admitted: it is the same holder, writing again. A
 * higher one is remembered before anything else happens, so that from this moment on every lower
 * one is refused, even if the write that came with it fails.
 *
 * <p>A resource is whatever has to be written by one holder at a time, named by the application: a
 * row, a file, a device. Keep one resource for all locks under which it may be written. A resource
 * that was never seen has no highest token and admits any.
 *
 * <p>Names of resources are 1 to 1,024 bytes of UTF-8 without unpaired surrogates; tokens are 1 or
 * more. Everything else is an {@link IllegalArgumentException}.
 *
 * <p><b>Threads.</b> A gate may be used by many threads. It lets one of them at a time through for
 * a resource. A guarded write must not use the gate that guards it: that is an {@link
 * IllegalStateException}, for two such writes could wait for each other for ever.
 *
 * <p><b>Retries.</b> To ask again with the same token is harmless, whatever became of the first
 * time.
 */
public interface FencingGate {
  /**
   * Admits a token, or refuses it.
   *
   * <p>That the token was admitted says nothing about a moment later. Use {@link #write} where the
   * write can be made to run inside the gate; use this method for a resource that compares tokens
   * once more itself, or to shut lower tokens out before a hand-over.
   *
   * @param resource the resource that is about to be written
   * @param token the fencing token of the grant under which it is to be written
   * @throws StaleTokenException if a higher token has been seen; the caller has lost its lock and
   *     must not write
   * @throws InterruptedException if the thread was interrupted while it waited for another one to
   *     leave the gate; the token was not looked at
   * @throws GateUnavailableException if the gate cannot tell; the token may have been remembered
   */
  void admit(String resource, long token) throws StaleTokenException, InterruptedException;

  /**
   * Runs a write if its token is admitted, and keeps every other token away from the resource until
   * it has ended, so that no later holder's write can come between the check and the write.
   *
   * <p>The write runs in the calling thread. It is not interrupted and has no time limit: while it
   * runs, others wait. An exception that it throws reaches the caller as it is; the token stays
   * remembered.
   *
   * @param resource the resource that is written
   * @param token the fencing token of the grant under which it is written
   * @param write what to do if the token is admitted
   * @param <T> what the write returns
   * @param <E> what the write may throw
   * @return what the write returned
   * @throws StaleTokenException if a higher token has been seen; the write did not run
   * @throws InterruptedException if the thread was interrupted while it waited for another one to
   *     leave the gate; the write did not run
   * @throws GateUnavailableException if the gate cannot tell; the write did not run
   * @throws E what the write threw
   */
  <T extends @Nullable Object, E extends Exception> T write(
      String resource, long token, GuardedWrite<T, E> write)
      throws StaleTokenException, InterruptedException, E;

  /**
   * The highest token seen for a resource. Does not wait for a write that is running.
   *
   * @param resource a resource
   * @return its highest token, or nothing if the resource was never seen
   * @throws InterruptedException if the thread was interrupted while it waited for the gate
   * @throws GateUnavailableException if the gate cannot tell
   */
  OptionalLong highestToken(String resource) throws InterruptedException;
}
