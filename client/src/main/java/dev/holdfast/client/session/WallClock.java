package dev.holdfast.client.session;

/**
 * The machine's idea of the time of day: it may jump, and that is the only thing that it is looked
 * at for.
 */
@FunctionalInterface
public interface WallClock {
  /** Milliseconds since 1970. */
  long currentMillis();
}
