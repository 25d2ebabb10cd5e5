package dev.holdfast.server.ownership;

import java.nio.file.Path;

/**
 * Where the ownership history is kept and how much of it.
 *
 * @param folder of its own; is made if there is none
 * @param node the node's id
 * @param bytesMax about the most bytes in all; the oldest file goes when there are more
 * @param segmentBytesMax about the most bytes in one file
 */
public record OwnershipSettings(Path folder, String node, long bytesMax, long segmentBytesMax) {
  /** Refuses what leaves no room for two files. */
  public OwnershipSettings {
    if (segmentBytesMax < 1_024 || bytesMax < 2 * segmentBytesMax) {
      throw new IllegalArgumentException(
          "a file needs at least 1 KiB and the history room for two, not "
              + segmentBytesMax
              + " and "
              + bytesMax
              + " bytes");
    }
  }
}
