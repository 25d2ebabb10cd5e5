package dev.holdfast.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Told who leads, on the thread of a watch ({@link WatchListener}): every change of the leader or
 * of what it proclaims once, in order. Where changes may have been missed, the present state is
 * told, if it is another one.
 */
@FunctionalInterface
public interface ElectionListener {
  /**
   * The state of the election from now on. The first call tells the present one.
   *
   * @param leader empty if nobody leads
   */
  void changed(Optional<Leader> leader);

  /**
   * It is observed no longer; nothing follows.
   *
   * @param problem why nodes refuse it for good; null if it was closed
   */
  default void ended(@Nullable HoldfastException problem) {}
}
