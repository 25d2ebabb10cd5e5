package dev.holdfast.verification.model;

/** "Who holds or waits: a session plus an owner key." */
record ModelOwner(long sessionId, String owner) {}
