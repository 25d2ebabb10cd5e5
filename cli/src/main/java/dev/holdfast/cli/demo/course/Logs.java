package dev.holdfast.cli.demo.course;

import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What is left of a course: {@code info.log} with what matters, {@code detail.log} with every
 * operation, {@code parameters.json}. For many threads.
 */
final class Logs implements AutoCloseable {
  private final long beganNanos = System.nanoTime();
  private final PrintWriter info;
  private final PrintWriter detail;

  private Logs(PrintWriter info, PrintWriter detail) {
    this.info = info;
    this.detail = detail;
  }

  static Logs open(Path folder, Settings settings) throws IOException {
    Files.createDirectories(folder);
    save(folder.resolve("parameters.json"), settings);
    return new Logs(writer(folder.resolve("info.log")), writer(folder.resolve("detail.log")));
  }

  private static PrintWriter writer(Path file) throws IOException {
    return new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
  }

  private static void save(Path file, Settings settings) throws IOException {
    try (PrintWriter out = writer(file);
        Json json = new Json(new Screen(out, out, false, false))) {
      json.startObject()
          .field("ops", settings.ops())
          .field("followers", settings.followers())
          .field("keys", settings.keys())
          .field("lock", settings.kind().name().toLowerCase(Locale.ROOT))
          .field("consensus", settings.consensus().name().toLowerCase(Locale.ROOT))
          .field("seed", settings.seed())
          .endObject();
    }
  }

  /** What matters; in the detailed log as well. */
  void info(String line) {
    write(info, line);
    write(detail, line);
  }

  /** One operation. */
  void detail(String line) {
    write(detail, line);
  }

  private void write(PrintWriter out, String line) {
    synchronized (this) {
      out.printf(
          Locale.ROOT, "%9.3f ms  %s%n", (System.nanoTime() - beganNanos) / 1_000_000.0, line);
    }
  }

  @Override
  public void close() {
    info.close();
    detail.close();
  }
}
