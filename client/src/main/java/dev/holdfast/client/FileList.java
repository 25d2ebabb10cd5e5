package dev.holdfast.client;

import java.util.List;

/**
 * A page of the files of a cluster.
 *
 * @param info how fresh this is
 * @param files in the order of names
 * @param more whether there are further ones
 */
public record FileList(ReadInfo info, List<FileSummary> files, boolean more) {
  /** Copies the list. */
  public FileList {
    files = List.copyOf(files);
  }
}
