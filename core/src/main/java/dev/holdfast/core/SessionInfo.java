package dev.holdfast.core;

import com.google.protobuf.ByteString;

/**
 * A session, as a reader sees it.
 *
 * @param sessionId its number
 * @param secretHash SHA-256 of its secret
 * @param clientId the client's UUID
 * @param label host, pid, user, program
 * @param ttlMillis how long it lives without a renewal
 * @param deadlineMillis when it ends on the cluster clock, unless renewed
 * @param grants how many grants it has
 * @param waiting how many of its requests wait
 */
public record SessionInfo(
    long sessionId,
    ByteString secretHash,
    String clientId,
    String label,
    long ttlMillis,
    long deadlineMillis,
    int grants,
    int waiting) {}
