package dev.holdfast.history.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file that is no history, or is damaged. The message names the file, the line and the cause. */
public final class UnreadableHistoryException extends IOException {
  private static final long serialVersionUID = 1;

  private final String file;
  private final long line;

  UnreadableHistoryException(String file, long line, String problem, @Nullable Throwable cause) {
    super(file + ":" + line + ": " + problem, cause);
    this.file = file;
    this.line = line;
  }

  /** The file, as it was named. */
  public String file() {
    return file;
  }

  /** The line, counted from 1. */
  public long line() {
    return line;
  }
}
