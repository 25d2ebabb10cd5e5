package dev.holdfast.server.files;

import java.io.IOException;
import java.io.Serial;

/** What stands in the folder under a file's name is not a file that may be written to. */
final class RefusedEntryException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  RefusedEntryException(String message) {
    super(message);
  }
}
