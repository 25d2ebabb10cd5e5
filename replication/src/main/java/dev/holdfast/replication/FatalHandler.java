package dev.holdfast.replication;

import org.jspecify.annotations.Nullable;

/**
 * Hears of errors after which a node must not go on. Called on any thread, at least once; a server
 * ends its process with the code, a test remembers it. The log has stopped answering by then.
 */
@FunctionalInterface
public interface FatalHandler {
  /** Must not call back into the log other than to close it from another thread. */
  void onFatal(ExitCode code, String message, @Nullable Throwable cause);
}
