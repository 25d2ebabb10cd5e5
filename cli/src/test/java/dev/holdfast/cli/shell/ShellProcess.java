package dev.holdfast.cli.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.local.ChildJvm;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A shell in a process of its own, spoken to as a person or a script does. */
final class ShellProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 90;
  private static final int TOLD_MAX = 600;

  private final Process process;
  private final Reader from;
  private final Writer to;
  private final StringBuilder heard = new StringBuilder();
  private int read;

  private ShellProcess(Process process) {
    this.process = process;
    this.from = new InputStreamReader(process.getInputStream(), UTF_8);
    this.to = process.outputWriter(UTF_8);
    // A read cannot be interrupted; at the end of the process it ends.
    CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
  }

  /** Over pipes. */
  static ShellProcess piped(String endpoints, String... options) throws IOException {
    return new ShellProcess(builder(endpoints, options).redirectErrorStream(true).start());
  }

  /** On a terminal that is none but behaves so. */
  static ShellProcess onTerminal(Path folder, String endpoints, String... options)
      throws IOException {
    ProcessBuilder plain = builder(endpoints, options);
    String command =
        plain.command().stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" ", "stty cols 150 rows 40\nexec ", "\n"));
    Path script = Files.writeString(folder.resolve("shell.sh"), command);
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qec", "exec sh '" + script + "'", "/dev/null")
            .redirectErrorStream(true);
    // No shell may stay between script(1) and the process: ^C would end that shell, and its exit
    // code would be the one that is told. Without SHELL, script takes one that stays, unless told.
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    builder.environment().put("TERM", "xterm");
    builder.environment().put("NO_COLOR", "1");
    builder.environment().put("XDG_STATE_HOME", folder.toString());
    return new ShellProcess(builder.start());
  }

  private static ProcessBuilder builder(String endpoints, String... options) {
    List<String> args = new ArrayList<>(List.of("shell", "--endpoints=" + endpoints));
    args.add("--timeout=30s");
    args.addAll(List.of(options));
    return ChildJvm.prepare(ChildJvm.Tuning.QUICK_START, args);
  }

  /** Types, without waiting for anything. */
  void type(String text) throws IOException {
    to.write(text);
    to.flush();
  }

  /** Reads until this is written, after all that was read before; what was read is told. */
  String expect(String text) throws IOException {
    int begin = read;
    int found = heard.indexOf(text, read);
    while (found < 0) {
      int next = from.read();
      if (next < 0) {
        throw new AssertionError(
            "'" + text + "' was not said; the last that was: " + lastOf(heard.toString()));
      }
      heard.append((char) next);
      found = heard.indexOf(text, read);
    }
    read = found + text.length();
    return heard.substring(begin, read);
  }

  /** Ends the input and reads the rest; all that was ever written. */
  String end() throws IOException {
    to.close();
    int next = from.read();
    while (next >= 0) {
      heard.append((char) next);
      next = from.read();
    }
    return heard.toString();
  }

  /** The end of a text, short enough for a report of a failure. */
  static String lastOf(String text) {
    return text.length() <= TOLD_MAX ? text : "... " + text.substring(text.length() - TOLD_MAX);
  }

  long pid() {
    return process.pid();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
