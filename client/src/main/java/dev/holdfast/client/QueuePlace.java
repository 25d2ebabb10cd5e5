package dev.holdfast.client;

/**
 * Where a waiting request stands at one of its locks.
 *
 * @param lock the lock's name
 * @param position 1 is next; no more than 100,000 are counted
 * @param queueLength how many wait for it by name
 */
public record QueuePlace(String lock, int position, int queueLength) {}
