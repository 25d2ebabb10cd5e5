package dev.holdfast.core;

/** A piece of a file; pieces are counted from 0. */
record FileChunkKey(String file, long index) implements Comparable<FileChunkKey> {
  @Override
  public int compareTo(FileChunkKey other) {
    int byFile = file.compareTo(other.file);
    return byFile != 0 ? byFile : Long.compare(index, other.index);
  }
}
