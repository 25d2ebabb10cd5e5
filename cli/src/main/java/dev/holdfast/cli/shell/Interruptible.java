package dev.holdfast.cli.shell;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that ^C interrupts. At any other moment, such as between two lines, it does nothing. */
final class Interruptible {
  private final Object guard = new Object();
  // Guarded by guard: the thread to interrupt, because it works.
  private @Nullable Thread working;

  /**
   * Works on the calling thread, which is not interrupted any more when this returns.
   *
   * @param work what to do
   * @return what it returns
   */
  <T> T during(Supplier<T> work) {
    synchronized (guard) {
      working = Thread.currentThread();
    }
    try {
      return work.get();
    } finally {
      synchronized (guard) {
        working = null;
      }
      // The interrupt was for the work, which has ended.
      boolean _ = Thread.interrupted();
    }
  }

  /** Interrupts the work, if there is any; from any thread. */
  void interrupt() {
    synchronized (guard) {
      if (working != null) {
        working.interrupt();
      }
    }
  }
}
