package dev.holdfast.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How wide the terminal of this process is. */
public final class TerminalWidth {
  private static final long PATIENCE_SECONDS = 1;

  private TerminalWidth() {}

  /** As {@code stty} tells; very wide if it cannot. */
  public static int columns() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return Integer.MAX_VALUE;
      }
      return parse(new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException noTerminal) {
      return Integer.MAX_VALUE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Integer.MAX_VALUE;
    }
  }

  /** Of rows and columns, such as {@code 24 80}; 0 stands for unknown. */
  static int parse(String size) {
    String[] words = size.strip().split(" ", -1);
    boolean told = words.length == 2 && words[1].matches("[1-9][0-9]{0,5}");
    return told ? Integer.parseInt(words[1]) : Integer.MAX_VALUE;
  }
}
