package dev.holdfast.client;

/**
 * Whether a token is current.
 *
 * @param info how this was answered
 * @param current whether the lock is held under this token now
 */
public record TokenCheck(ReadInfo info, boolean current) {}
