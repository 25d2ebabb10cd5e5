package dev.holdfast.server.door;

/**
 * A client of a wire that knows no sessions. Whoever speaks under the same key, at whatever node,
 * is the same client and has one session, which the cluster opens when it is first heard of.
 *
 * @param key the wire's name and what names the client on it, such as {@code w0/} and a UUID; 1 to
 *     256 bytes of UTF-8; the same at every node
 * @param clientId the client id of its session, a UUID in text
 * @param label who that is, for a person; at most 256 characters
 * @param ttlMillis how long its session lasts after the last that was heard of it; in milliseconds
 * @param locksMax most locks that it may hold and wait for; 0 for the built-in limit
 */
public record DoorClient(String key, String clientId, String label, long ttlMillis, int locksMax) {}
