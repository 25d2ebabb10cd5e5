package dev.holdfast.server.node;

import dev.holdfast.core.LockStateMachine;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** This node's own lock map, for readers. Safe for use by many threads. */
@FunctionalInterface
public interface MapView {
  /**
   * Runs a query while nothing is applied.
   *
   * @param query must only read, and must not keep the map
   * @return what the query returns
   */
  <T extends @Nullable Object> T read(Function<LockStateMachine, T> query);
}
