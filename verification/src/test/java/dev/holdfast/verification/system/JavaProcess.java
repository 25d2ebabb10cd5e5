package dev.holdfast.verification.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM of its own on the tests' class path, its output in a file. Ends with the tests' process.
 */
final class JavaProcess {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;

  private JavaProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Runs a main class; what it says is added to {@code log}. */
  static JavaProcess start(Path log, String mainClass, List<String> args) {
    return start(log, List.of(), mainClass, args);
  }

  /**
   * The same by way of another command, which must become the JVM in the end.
   *
   * @param prefix for instance {@code sh -c 'cd /; exec "$@"' sh}
   */
  static JavaProcess start(Path log, List<String> prefix, String mainClass, List<String> args) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Short lives: what is compiled quickly is worth more than what is compiled well.
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-ea",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            mainClass));
    command.addAll(args);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().keySet().removeIf(variable -> variable.startsWith("HOLDFAST_"));
      return new JavaProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: no time to say or write anything. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM, and nothing else: the JDK's own way closes the standard input too. */
  void terminate() {
    signal("-TERM");
  }

  /** SIGINT, as ^C sends it. */
  void interrupt() {
    signal("-INT");
  }

  /** SIGSTOP; returns when every thread stands still, which may take a while on a busy machine. */
  void pause() {
    signal("-STOP");
    await("every thread of " + pid() + " stands still")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(this::standsStill);
  }

  private boolean standsStill() {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
      return threads.allMatch(thread -> stateOf(thread) == 'T');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands behind the name, which is in parentheses and may contain anything. */
  private static char stateOf(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return 'X'; // it has ended
    }
  }

  /** SIGCONT. */
  void resume() {
    signal("-CONT");
  }

  /** The code with which it ends by itself. */
  int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("process " + pid() + " did not end; it said:\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while process " + pid() + " was to end", e);
    }
  }

  /** Everything that it has said. */
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * From now on no file may become longer than this: a write beyond it fails as on a full disk,
   * which needs no privileges.
   */
  void limitFileBytes(long bytes) {
    run("prlimit", "--pid", Long.toString(pid()), "--fsize=" + bytes);
  }

  private void signal(String signal) {
    run("kill", signal, Long.toString(pid()));
  }

  private static void run(String... command) {
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new AssertionError(String.join(" ", command) + " ended with code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
