package dev.holdfast.client;

import java.util.List;

/**
 * One lock of a list.
 *
 * @param lock its name
 * @param holders who holds it
 * @param queueLength how many wait for it
 */
public record LockSummary(String lock, List<LockHolder> holders, int queueLength) {}
