package dev.holdfast.core;

/** Who holds or waits: a session, and a thread, fiber or job in it. */
record OwnerKey(long sessionId, String owner) {}
