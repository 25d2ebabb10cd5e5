package dev.holdfast.cli.child;

import java.util.function.Consumer;

/** Tells of the signals sent to this process. */
public interface SignalSource {
  /**
   * From now on, signals go to the receiver instead of ending the process.
   *
   * @param receiver called with each signal, on a thread of its own
   */
  void subscribe(Consumer<PosixSignal> receiver);

  /**
   * Whether a ^C reaches the child without help: the terminal sends it to the whole foreground
   * group.
   */
  boolean keyboardReachesChild();
}
