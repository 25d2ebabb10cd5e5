package dev.holdfast.client.session;

/** A monotonic clock. */
@FunctionalInterface
public interface NanoClock {
  /** Nanoseconds since some moment of the past; 0 or more, never less than before. */
  long nanoTime();

  /** The system's, counted from now. */
  static NanoClock system() {
    return since(System.nanoTime());
  }

  /**
   * The system's, counted from a moment of the past.
   *
   * @param originNanos what {@link System#nanoTime} was at that moment
   */
  static NanoClock since(long originNanos) {
    return () -> System.nanoTime() - originNanos;
  }
}
