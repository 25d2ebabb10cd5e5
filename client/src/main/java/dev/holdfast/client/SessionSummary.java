package dev.holdfast.client;

/**
 * A session, as the cluster sees it.
 *
 * @param sessionId its number
 * @param clientId the UUID that the client made for itself
 * @param label what it says about itself
 * @param ttlMillis how long it lasts without renewal
 * @param leftMillis how much of that is left
 * @param grants how many it holds
 * @param waiting how many requests of it wait
 */
public record SessionSummary(
    long sessionId,
    String clientId,
    String label,
    long ttlMillis,
    long leftMillis,
    int grants,
    int waiting) {}
