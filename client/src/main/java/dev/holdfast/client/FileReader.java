package dev.holdfast.client;

/**
 * Reads the files of a cluster, which takes no lock. Safe for use by many threads; every call
 * blocks until it is answered, and throws what {@link HoldfastAdmin} says of questions.
 */
public interface FileReader {
  /** Most bytes of one read. */
  int READ_BYTES_MAX = 1_048_576;

  /**
   * A part of a file. One read is one moment; several are several moments, between which the file
   * may have become longer, or have been cut off by a roll-back.
   *
   * @param file its name
   * @param offset the first byte, 0 or more
   * @param limit most bytes, 1 to 1,048,576
   * @param consistency linearizable, or from the asked node's own map
   * @throws LockRefusedException if there is no file of that name
   * @throws IllegalArgumentException if that is no file's name, no offset or no limit
   */
  FilePart read(String file, long offset, int limit, Consistency consistency);

  /**
   * A whole file, linearizable, as it was when its last part was read: a roll-back in the midst of
   * that makes the reading start again.
   *
   * @param file its name
   * @throws LockRefusedException if there is no file of that name
   * @throws IllegalArgumentException if that is no file's name
   */
  byte[] readAll(String file);

  /**
   * A page of the files, those among them to which nobody has written yet.
   *
   * @param prefix only names that begin so; empty for all
   * @param after only names greater than this one; empty to begin
   * @param limit most files to list, 1 to 1,000
   * @param consistency linearizable, or from the asked node's own map
   */
  FileList list(String prefix, String after, int limit, Consistency consistency);
}
