package dev.holdfast.client;

import java.util.List;

/**
 * A part of a node's map, in the order of names, then tokens.
 *
 * @param info how this was answered
 * @param holders every grant of the locks in this part
 */
public record DumpPart(ReadInfo info, List<LockHolder> holders) {}
