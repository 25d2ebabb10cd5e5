package dev.holdfast.replication;

/** Hears whether a read barrier was reached. Called once, on any thread. */
@FunctionalInterface
public interface ReadListener {
  /** Must not block. */
  void onOutcome(ReadOutcome outcome);
}
