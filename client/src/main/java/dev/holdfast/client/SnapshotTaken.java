package dev.holdfast.client;

/**
 * A snapshot that a node has written.
 *
 * @param logIndex the last entry that is in it
 * @param bytes its size
 */
public record SnapshotTaken(long logIndex, long bytes) {}
