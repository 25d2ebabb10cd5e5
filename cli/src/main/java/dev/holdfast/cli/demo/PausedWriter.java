package dev.holdfast.cli.demo;

import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.local.ChildJvm;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A writer in a process of its own ({@link PausedWriterMain}), which can be stopped where it
 * stands, as a long garbage collection or a suspended machine would. It is told what to do on its
 * stdin and tells what it did on its stdout. For one thread.
 */
final class PausedWriter implements AutoCloseable {
  static final String NAME = "dave";

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;

  PausedWriter(String endpoints, Duration ttl, Path folder) {
    try {
      process =
          ChildJvm.prepare(
                  ChildJvm.Tuning.QUICK_START,
                  List.of(
                      PausedWriterMain.COMMAND,
                      endpoints,
                      Long.toString(ttl.toMillis()),
                      folder.toString()))
              .redirectError(folder.resolve(NAME + ".log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process for " + NAME, e);
    }
    answers = process.inputReader();
    orders = process.outputWriter();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it has the lock and has booked once. */
  long awaitToken() {
    return Long.parseLong(answer("holding"));
  }

  /** Stops it where it stands. */
  void pause() throws InterruptedException {
    PosixSignal.STOP.sendTo(process.pid());
  }

  /** Lets it go on. */
  void resume() throws InterruptedException {
    PosixSignal.CONT.sendTo(process.pid());
  }

  /** What its client library now says about the lock. */
  boolean isHeld() {
    order("held?");
    return Boolean.parseBoolean(answer("held"));
  }

  /**
   * Makes it book under its old token without looking whether it still holds the lock; what the
   * gate says.
   */
  String bookRegardless() {
    order("book");
    return answer("gate");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void order(String line) {
    try {
      orders.write(line);
      orders.newLine();
      orders.flush();
    } catch (IOException e) {
      throw new DemoFailedException(
          "the process of " + NAME + " takes orders (" + e.getMessage() + ")");
    }
  }

  private String answer(String about) {
    try {
      String line = answers.readLine();
      if (line == null || !line.startsWith(about + " ")) {
        throw new DemoFailedException(
            "the process of " + NAME + " answers '" + about + "', not: " + line);
      }
      return line.substring(about.length() + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
