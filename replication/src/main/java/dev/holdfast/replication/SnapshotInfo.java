package dev.holdfast.replication;

import java.nio.file.Path;

/**
 * A snapshot on disk.
 *
 * @param index the last entry that it contains
 * @param file its content
 * @param bytes its size
 */
public record SnapshotInfo(long index, Path file, long bytes) {}
