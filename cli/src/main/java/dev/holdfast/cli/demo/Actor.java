package dev.holdfast.cli.demo;

import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.local.ChildJvm;
import dev.holdfast.cli.terminal.Text;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that plays a part: it can be stopped where it stands, as a long garbage collection or a
 * suspended machine would, and killed. It takes orders and answers, a line each. It ends with this
 * process, however this one ends. For one thread.
 */
public final class Actor implements AutoCloseable {
  /** More than {@link Stage#START_PATIENCE}, so that a process itself can say what is wrong. */
  private static final long PATIENCE_SECONDS = 100;

  /** All that are to end with this process. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("holdfast-end-actors")
                .unstarted(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String label;
  private final Process process;
  private final BufferedWriter orders;
  private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

  Actor(String label, List<String> commandLine, Path log) {
    this.label = label;
    try {
      process =
          ChildJvm.prepare(ChildJvm.Tuning.QUICK_START, commandLine)
              .redirectError(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process for " + label, e);
    }
    RUNNING.add(process);
    orders = process.outputWriter();
    BufferedReader reader = process.inputReader();
    Thread.ofPlatform().daemon().name("holdfast-hear-" + label).start(() -> listen(reader));
  }

  private void listen(BufferedReader reader) {
    try (reader) {
      String line;
      while ((line = reader.readLine()) != null) {
        answers.add(Optional.of(line));
      }
    } catch (IOException killedMeanwhile) {
      answers.add(Optional.of("gone: " + killedMeanwhile.getMessage()));
    }
    answers.add(Optional.empty());
  }

  /** Who it is. */
  public String label() {
    return label;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /**
   * Stops it where it stands (SIGSTOP).
   *
   * @throws InterruptedException interrupted before it was stopped
   */
  public void pause() throws InterruptedException {
    PosixSignal.STOP.sendTo(process.pid());
  }

  /**
   * Lets it go on (SIGCONT).
   *
   * @throws InterruptedException interrupted before it went on
   */
  public void resume() throws InterruptedException {
    PosixSignal.CONT.sendTo(process.pid());
  }

  /**
   * Kills it (SIGKILL), and waits until it is gone.
   *
   * @throws InterruptedException interrupted while it waited
   */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /**
   * Gives it an order.
   *
   * @param line one line
   */
  public void order(String line) {
    try {
      orders.write(line);
      orders.newLine();
      orders.flush();
    } catch (IOException e) {
      throw new DemoFailedException(
          "the process of " + label + " takes orders (" + e.getMessage() + ")");
    }
  }

  /**
   * Waits for its next answer.
   *
   * @param about the first word, which is to be this one
   * @return the rest of the line, perhaps empty
   * @throws InterruptedException interrupted while it waited
   */
  public String answer(String about) throws InterruptedException {
    String line = answer();
    if (!line.equals(about) && !line.startsWith(about + " ")) {
      throw new DemoFailedException(
          "the process of " + label + " says '" + about + "', not: " + Text.printable(line));
    }
    return line.substring(Math.min(line.length(), about.length() + 1));
  }

  /**
   * Waits for its next answer, whatever it is.
   *
   * @return the line
   * @throws InterruptedException interrupted while it waited
   */
  public String answer() throws InterruptedException {
    Optional<String> line = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new DemoFailedException(
          "the process of " + label + " says something within " + PATIENCE_SECONDS + " s");
    }
    if (line.isEmpty()) {
      answers.add(line); // so it is for whoever asks next
      throw new DemoFailedException(
          "the process of " + label + " has something to say, but it has ended");
    }
    return line.get();
  }

  /**
   * Waits until it has ended by itself.
   *
   * @return its exit code
   * @throws InterruptedException interrupted while it waited
   */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new DemoFailedException(
          "the process of " + label + " ends within " + PATIENCE_SECONDS + " s");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(process);
  }
}
