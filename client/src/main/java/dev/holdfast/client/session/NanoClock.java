package dev.holdfast.client.session;

/** A monotonic clock. */
@FunctionalInterface
public interface NanoClock {
  /** Nanoseconds since some moment of the past; 0 or more, never less than before. */
  long nanoTime();

  /** The system's, counted from now. */
  static NanoClock system() {
    long origin = System.nanoTime();
    return () -> System.nanoTime() - origin;
  }
}
