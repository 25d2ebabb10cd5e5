package dev.holdfast.replication.jraft;

import dev.holdfast.replication.DataRefusedException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carries the reason of a refused start past the engine, which knows only "false".
 *
 * <p>Safe for use by many threads; the first reason stays.
 */
final class StartRefusal {
  private final AtomicReference<@Nullable IOException> reason = new AtomicReference<>();

  void refuse(IOException why) {
    reason.compareAndSet(null, why);
  }

  /** The reason, or one that tells what the engine said. */
  IOException reasonOr(RuntimeException engineFailure) {
    IOException known = reason.get();
    if (known != null) {
      known.addSuppressed(engineFailure);
      return known;
    }
    return new IOException("the engine could not be started, see the log above", engineFailure);
  }

  boolean isDataRefused() {
    return reason.get() instanceof DataRefusedException;
  }

  @Nullable IOException reason() {
    return reason.get();
  }
}
