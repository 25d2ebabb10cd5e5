package dev.holdfast.client;

import java.util.List;

/**
 * A part of the graph of waiting.
 *
 * @param info how it was answered
 * @param waits in the order of tickets; of one request the grants and reservations first
 * @param more whether there are later requests
 * @param waiting how many requests wait in the whole map
 */
public record WaitPage(ReadInfo info, List<WaitInfo> waits, boolean more, int waiting) {}
