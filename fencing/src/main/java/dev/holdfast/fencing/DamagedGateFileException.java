package dev.holdfast.fencing;

import java.nio.file.Path;

/**
 * The file of a {@link FileFencingGate} does not hold what a gate wrote. The gate does not guess
 * and does not start over: without its memory it would admit the stale writes that it is there to
 * refuse.
 *
 * <p>The way on, while nobody writes to the resources: restore the file from a copy, if it is known
 * that no token has been admitted since; or remove it, create a new gate and have every holder
 * acquire its lock again and {@linkplain FencingGate#admit announce} its new token before anybody
 * writes.
 */
public final class DamagedGateFileException extends GateUnavailableException {
  private static final long serialVersionUID = 1L;

  /** The file, as text because paths cannot be serialized. */
  private final String file;

  /** Where the damage was noticed, in bytes from the start. */
  private final long offset;

  /**
   * A damaged file.
   *
   * @param file the file
   * @param offset where the damage was noticed, in bytes from the start
   * @param damage what is wrong there
   */
  public DamagedGateFileException(Path file, long offset, String damage) {
    super(
        "the gate file %s is damaged at byte %d: %s. Nothing is admitted until it is restored from a copy, or removed and created anew after all holders have stopped; removing it forgets the tokens seen"
            .formatted(file, offset, damage),
        null);
    this.file = file.toString();
    this.offset = offset;
  }

  /**
   * The damaged file.
   *
   * @return its path
   */
  public Path file() {
    return Path.of(file);
  }

  /**
   * Where the damage was noticed.
   *
   * @return bytes from the start of the file, 0 or more
   */
  public long offset() {
    return offset;
  }
}
