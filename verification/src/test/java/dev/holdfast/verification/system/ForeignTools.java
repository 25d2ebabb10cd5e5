package dev.holdfast.verification.system;

import dev.holdfast.verification.style.Repository;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of other languages that this machine may have or not. What is missing leaves a test out,
 * and the reason is printed.
 */
final class ForeignTools {
  private static final long SECONDS_MAX = 120;

  private ForeignTools() {}

  /**
   * A Python 3 that has some module. Not always the first one on the path: the packages of a
   * distribution are seen by its own only.
   *
   * @param module its name, for instance {@code json}
   * @param how how to get it, for whoever reads the reason
   */
  static Path python(String module, String how) {
    for (Path python : onPath("python3")) {
      if (run(List.of(python.toString(), "-c", "import " + module), Map.of()).exitCode() == 0) {
        return python;
      }
    }
    return leaveOut("no python3 on the path has the module '" + module + "'; " + how);
  }

  /** A command on the path. */
  static Path command(String name, String how) {
    return onPath(name).stream()
        .findFirst()
        .orElseGet(() -> leaveOut("there is no " + name + " on the path; " + how));
  }

  private static Path leaveOut(String reason) {
    System.out.println("left out: " + reason);
    return Assumptions.abort(reason);
  }

  /** A folder with programs in Python. */
  static Path programs(String name) {
    return Repository.ofThisBuild().root().resolve("verification/src/test/python").resolve(name);
  }

  /**
   * Runs a command and waits for its end.
   *
   * @param command with its arguments
   * @param environment variables to be added
   */
  static CommandLineRun run(List<String> command, Map<String, String> environment) {
    try {
      Path log = Files.createTempFile("foreign", ".log");
      try {
        return run(command, environment, log);
      } finally {
        Files.delete(log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while this ran: " + command, e);
    }
  }

  private static CommandLineRun run(List<String> command, Map<String, String> environment, Path log)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile());
    // Else Python leaves what it has compiled beside the sources.
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError(command + " did not end; it said:\n" + Files.readString(log));
      }
      return new CommandLineRun(process.exitValue(), Files.readString(log));
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<Path> onPath(String name) {
    Set<Path> folders = new LinkedHashSet<>();
    Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .forEach(folder -> folders.add(Path.of(folder)));
    folders.add(Path.of("/usr/bin"));
    List<Path> found = new ArrayList<>();
    for (Path folder : folders) {
      if (Files.isExecutable(folder.resolve(name))) {
        found.add(folder.resolve(name));
      }
    }
    return found;
  }
}
