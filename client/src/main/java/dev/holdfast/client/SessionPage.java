package dev.holdfast.client;

import java.util.List;

/**
 * A part of the list of sessions, in the order of their numbers.
 *
 * @param info how this was answered
 * @param sessions alive
 * @param more whether there are others after the last one
 */
public record SessionPage(ReadInfo info, List<SessionSummary> sessions, boolean more) {}
