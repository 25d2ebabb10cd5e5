package dev.holdfast.verification.simulation;

/** A state with everything up to an index in it. */
@SuppressWarnings("ArrayRecordComponent") // Compared by identity, if at all.
record RaftSnapshot(long index, long term, byte[] state) {}
