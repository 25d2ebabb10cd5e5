package dev.holdfast.cli.local;

import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node process. For one thread at a time. */
public final class LocalNode {
  private static final int LOG_LINES_SHOWN = 3;

  private final ChildJvm.Tuning tuning;
  private final String id;
  private final String endpoint;
  private final Path config;
  private final Path log;
  private @Nullable Process process;
  private boolean wanted;
  private boolean paused;

  LocalNode(ChildJvm.Tuning tuning, String id, String endpoint, Path config, Path log) {
    this.tuning = tuning;
    this.id = id;
    this.endpoint = endpoint;
    this.config = config;
    this.log = log;
  }

  /** The node's name. */
  public String id() {
    return id;
  }

  /** Where clients reach it, host:port. */
  public String endpoint() {
    return endpoint;
  }

  /** What it writes to stderr. */
  public Path log() {
    return log;
  }

  /** The process id of the present or last process; -1 before the first. */
  public long pid() {
    return process == null ? -1 : process.pid();
  }

  /** Whether its process runs. */
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Whether its process runs and is not stopped. */
  public boolean isRunning() {
    return isAlive() && !paused;
  }

  /**
   * Stops the process where it stands (SIGSTOP), as if it could not be reached any more.
   *
   * @throws InterruptedException interrupted before it was stopped
   */
  public void pause() throws InterruptedException {
    paused = true;
    PosixSignal.STOP.sendTo(pid());
  }

  /**
   * Lets the process go on (SIGCONT).
   *
   * @throws InterruptedException interrupted before it went on
   */
  public void resume() throws InterruptedException {
    PosixSignal.CONT.sendTo(pid());
    paused = false;
  }

  /** Starts the process; does not wait until the node is ready. */
  public void start() {
    if (isAlive()) {
      throw new IllegalStateException(id + " runs already");
    }
    wanted = true;
    paused = false;
    try {
      process =
          ChildJvm.prepare(tuning, List.of("server", "--config", config.toString()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED, "cannot start node " + id + ": " + e.getMessage(), "see the message", e);
    }
  }

  /**
   * Ends the process with SIGKILL, as if it had crashed, and waits until it is gone.
   *
   * @throws InterruptedException interrupted while it waited
   */
  public void kill() throws InterruptedException {
    Process running = process;
    wanted = false;
    if (running != null) {
      running.destroyForcibly();
      running.waitFor();
    }
  }

  /** Asks the process to end; does not wait. */
  void askToStop() {
    wanted = false;
    if (process == null) {
      return;
    }
    if (paused) {
      process.destroyForcibly(); // it could not hear of anything gentler
    } else {
      process.destroy();
    }
  }

  /** Waits until it has ended, and ends it by force after a while. */
  void awaitStop(long millisMax) {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      if (!running.waitFor(millisMax, TimeUnit.MILLISECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Fails if the process has ended although nobody wanted that. */
  void requireAlive() {
    Process running = process;
    if (wanted && running != null && !running.isAlive()) {
      throw new Failure(
          ExitCode.FAILED,
          "node "
              + id
              + " ended by itself with exit code "
              + running.exitValue()
              + ": "
              + lastLines(),
          "read " + log);
    }
  }

  private String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          " / ", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }
}
