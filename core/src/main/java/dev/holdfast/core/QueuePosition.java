package dev.holdfast.core;

/**
 * Where a waiting request stands at one of the locks that it demands.
 *
 * @param lock the lock's name
 * @param position 1 for the first of all that wait for it by name; cut at the reader's limit
 * @param queueLength how many wait for it by name
 */
public record QueuePosition(String lock, int position, int queueLength) {}
