package dev.holdfast.client;

import java.util.List;

/**
 * The deadlocks that were found last.
 *
 * @param info how it was answered
 * @param deadlocks the latest first; the cluster remembers 64
 */
public record DeadlockList(ReadInfo info, List<DeadlockReport> deadlocks) {}
