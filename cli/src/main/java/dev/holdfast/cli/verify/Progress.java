package dev.holdfast.cli.verify;

import dev.holdfast.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much has been read, as a bar on a terminal, when there is much to read. */
final class Progress implements AutoCloseable {
  /** Less is read before anybody wonders. */
  private static final long BYTES_MIN = 32L << 20;

  private static final int WIDTH = 30;

  private final Screen screen;
  private final long total;
  private long before;
  private int shown = -1;

  private Progress(Screen screen, long total) {
    this.screen = screen;
    this.total = total;
  }

  /** Shows nothing if nobody would see it or there is little to read. */
  static Progress of(Screen screen, List<Path> files) {
    long total = 0;
    for (Path file : files) {
      total += sizeOf(file);
    }
    return new Progress(screen, screen.errIsTerminal() && total >= BYTES_MIN ? total : 0);
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException toldWhenItIsRead) {
      return 0;
    }
  }

  /** So much of the present file has been read. */
  void within(long bytes) {
    if (total == 0) {
      return;
    }
    int percent = (int) Math.min(100, (before + bytes) * 100 / total);
    if (percent != shown) {
      shown = percent;
      String bar = "#".repeat(percent * WIDTH / 100);
      screen.err().print("\rreading [%-30s] %3d %%".formatted(bar, percent));
      screen.err().flush();
    }
  }

  void done(Path file) {
    before += sizeOf(file);
  }

  /** Wipes the bar away. */
  @Override
  public void close() {
    if (shown >= 0) {
      screen.err().print("\r" + " ".repeat(WIDTH + 20) + "\r");
      screen.err().flush();
    }
  }
}
