package dev.holdfast.server.node;

/** A monotonic clock to turn. */
final class FakeClock implements NanoClock {
  private long nanos = -5_000_000_000L;

  @Override
  public long nanoTime() {
    return nanos;
  }

  void advanceMillis(long millis) {
    nanos += millis * 1_000_000;
  }

  void advanceNanos(long by) {
    nanos += by;
  }
}
