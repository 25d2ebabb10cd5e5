package dev.holdfast.cli.terminal;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot go on. Shown as one line that says what went wrong and one that says what to do
 * next.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String nextStep;

  /**
   * A failure with its cause, which is shown only with {@code --debug}.
   *
   * @param exitCode what the process ends with
   * @param message what went wrong, one line without a full stop
   * @param nextStep what to do next, or empty
   * @param cause what was thrown below, or null
   */
  public Failure(ExitCode exitCode, String message, String nextStep, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.nextStep = nextStep;
  }

  /**
   * A failure that has no cause below it.
   *
   * @param exitCode what the process ends with
   * @param message what went wrong, one line without a full stop
   * @param nextStep what to do next, or empty
   */
  public Failure(ExitCode exitCode, String message, String nextStep) {
    this(exitCode, message, nextStep, null);
  }

  /** What the process ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to do next, one line, or empty. */
  public String nextStep() {
    return nextStep;
  }

  /** The message, never null. */
  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "failed" : message;
  }
}
