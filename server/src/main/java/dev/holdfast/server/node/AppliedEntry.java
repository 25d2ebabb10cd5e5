package dev.holdfast.server.node;

import dev.holdfast.core.Applied;
import dev.holdfast.protocol.log.v1.LogEntry;

/**
 * An entry that this node's map has applied.
 *
 * @param index its place in the log
 * @param term the term in which it was appended
 * @param entry what was applied
 * @param applied what came of it
 * @param nextDeadlineMillis the map's next deadline afterwards; {@link Long#MAX_VALUE} for none
 */
public record AppliedEntry(
    long index, long term, LogEntry entry, Applied applied, long nextDeadlineMillis) {}
