package dev.holdfast.history.chain;

import java.io.IOException;
import java.nio.file.Path;

/** A chain is not what was written: the message names the file and the offset. */
public final class DamagedChainException extends IOException {
  private static final long serialVersionUID = 1;

  private final long offset;
  private final boolean cutOff;

  DamagedChainException(Path file, long offset, String what) {
    this(file, offset, what, false);
  }

  DamagedChainException(Path file, long offset, String what, boolean cutOff) {
    super(file + ", offset " + offset + ": " + what);
    this.offset = offset;
    this.cutOff = cutOff;
  }

  /** Where in the file; all before it is as it was written. */
  public long offset() {
    return offset;
  }

  /** Whether it only ends in the midst of a record, as after a crash. */
  public boolean isCutOff() {
    return cutOff;
  }
}
