package dev.holdfast.client;

import java.util.List;

/**
 * A part of the list of locks, in the order of their names.
 *
 * @param info how this was answered
 * @param locks held or waited for
 * @param more whether there are others after the last one
 */
public record LockPage(ReadInfo info, List<LockSummary> locks, boolean more) {}
