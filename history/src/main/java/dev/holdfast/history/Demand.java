package dev.holdfast.history;

/**
 * One lock in one mode.
 *
 * @param lock the lock's name, a path of segments apart by {@code /}
 * @param mode the mode
 */
public record Demand(String lock, LockMode mode) {}
