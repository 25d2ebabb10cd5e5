package dev.holdfast.server;

import org.jspecify.annotations.Nullable;

/**
 * A node could not start, for a reason outside of it. The message is one line and says what to do.
 */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  private final ExitCode exitCode;

  StartException(ExitCode exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** With what the process ends. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
