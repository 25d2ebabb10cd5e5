package dev.holdfast.history.chain;

import java.nio.file.Path;

/**
 * Where a chain is kept and how much of it.
 *
 * @param folder of its own; is made if there is none
 * @param writer who writes it, such as a node's id; for a person
 * @param bytesMax about the most bytes in all; the oldest file goes when there are more
 * @param segmentBytesMax about the most bytes in one file
 */
public record ChainSettings(Path folder, String writer, long bytesMax, long segmentBytesMax) {
  /** Refuses what leaves no room for two files. */
  public ChainSettings {
    if (segmentBytesMax < 1_024 || bytesMax < 2 * segmentBytesMax) {
      throw new IllegalArgumentException(
          "a file needs at least 1 KiB and the chain room for two, not "
              + segmentBytesMax
              + " and "
              + bytesMax
              + " bytes");
    }
  }
}
