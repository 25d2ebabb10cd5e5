package dev.holdfast.cli.child;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import java.io.IOException;

/** The signals that this program receives or sends. */
public enum PosixSignal {
  /** The terminal is gone. */
  HUP(1),
  /** ^C. */
  INT(2),
  /** Ends a process at once; cannot be caught. */
  KILL(9),
  /** Asks a process to end. */
  TERM(15),
  /** Lets a stopped process go on. */
  CONT(18),
  /** Stops a process where it stands; cannot be caught. */
  STOP(19);

  private final int number;

  PosixSignal(int number) {
    this.number = number;
  }

  /** The exit code by which a shell tells that a process was ended by this signal. */
  public int exitCode() {
    return 128 + number;
  }

  /**
   * Sends this signal through the shell's own {@code kill}, which exists wherever there is a shell;
   * waits until it is sent. A process that is gone already is no error.
   *
   * @param pid the process
   * @throws InterruptedException interrupted before the shell had ended
   */
  public void sendTo(long pid) throws InterruptedException {
    try {
      new ProcessBuilder(
              "/bin/sh",
              "-c",
              "kill -s \"$1\" \"$2\" 2>/dev/null",
              "kill",
              name(),
              Long.toString(pid))
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.BUG,
          "cannot send SIG" + name() + " to process " + pid,
          "is there no /bin/sh?",
          e);
    }
  }
}
