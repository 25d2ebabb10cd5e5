package dev.holdfast.replication;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The data directory holds something that must not be used. The message names the file, what is
 * wrong with it and what to do.
 */
public final class DataRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  public DataRefusedException(String message) {
    super(message);
  }

  public DataRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
