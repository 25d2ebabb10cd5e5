package dev.holdfast.cli.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a shell keeps its lines: where the XDG base directory specification has such things. */
final class HistoryFile {
  private HistoryFile() {}

  /**
   * The file, in a folder that exists now; null if there is no place for it, which is no reason not
   * to work.
   *
   * @param stateHome {@code XDG_STATE_HOME}; empty if it is not set
   * @param home the user's home folder
   */
  static @Nullable Path in(String stateHome, String home) {
    boolean named = !stateHome.isEmpty() && Path.of(stateHome).isAbsolute();
    Path folder =
        (named ? Path.of(stateHome) : Path.of(home, ".local", "state")).resolve("holdfast");
    try {
      Files.createDirectories(folder);
      return folder.resolve("shell_history");
    } catch (IOException noPlace) {
      return null;
    }
  }
}
