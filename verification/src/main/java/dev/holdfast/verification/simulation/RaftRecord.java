package dev.holdfast.verification.simulation;

import org.jspecify.annotations.Nullable;

/**
 * A record of the simulated log.
 *
 * @param term in which it was appended
 * @param entry null for the one with which a leader begins its term
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by identity, if at all.
record RaftRecord(long term, byte @Nullable [] entry) {}
