package dev.holdfast.server.node;

/** A monotonic clock, such as {@link System#nanoTime}; only differences mean anything. */
@FunctionalInterface
public interface NanoClock {
  /** Nanoseconds since some unknown moment; never goes back, may overflow. */
  long nanoTime();
}
