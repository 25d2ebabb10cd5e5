package dev.holdfast.fencing;

import org.jspecify.annotations.Nullable;

/**
 * A write that a gate runs if it admits the token.
 *
 * @param <T> what it returns
 * @param <E> what it may throw; {@link RuntimeException} if it throws nothing that is checked
 */
@FunctionalInterface
public interface GuardedWrite<T extends @Nullable Object, E extends Exception> {
  /**
   * Writes. What it has started must be over when it returns: a write that goes on in another
   * thread is no longer guarded.
   *
   * @return a result for the caller of the gate
   * @throws E if the write failed
   */
  T run() throws E;
}
