package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A lock that nobody holds and nobody can have yet: an at-least time, or a lock delay after an
 * unclean end, runs.
 *
 * @param lock what is reserved
 * @param token of the grant that has ended; a force release with it ends the reservation
 * @param sessionId whose grant it was; that session may be gone
 * @param owner who in that session
 * @param mode how it is reserved; null for permits
 * @param permits how many permits; 0 for a mode
 * @param leftMillis for how long yet, on the cluster's clock
 */
public record LockReservation(
    String lock,
    long token,
    long sessionId,
    String owner,
    @Nullable Mode mode,
    int permits,
    long leftMillis) {}
