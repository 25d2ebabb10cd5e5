package dev.holdfast.history.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The monotonic clock of this process, by a name that others use as well if it is theirs too.
 *
 * <p>On Linux {@link System#nanoTime} counts from a point that all processes share until the
 * machine is started anew, so the clock has the name of that start. Elsewhere every process is
 * taken to have a clock of its own.
 */
public final class HostClock {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String NAME = findName();

  private HostClock() {}

  /** The clock's name. */
  public static String name() {
    return NAME;
  }

  private static String findName() {
    try {
      return "boot-" + Files.readString(BOOT_ID).strip();
    } catch (IOException | SecurityException notLinux) {
      return "process-" + UUID.randomUUID();
    }
  }
}
