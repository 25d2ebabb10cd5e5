package dev.holdfast.core;

/**
 * Bounds that every node must draw alike. They are part of the machine's rules, not of a node's
 * configuration: to change one is to change the format of the log.
 */
final class Limits {
  /** Most answers kept for a session until it acknowledges them. */
  static final int STORED_ANSWERS_MAX = 1_024;

  /** Most requests of a session that may wait. */
  static final int WAITING_PER_SESSION_MAX = 1_024;

  static final int QUEUE_LENGTH_MAX = 1_000_000;
  static final int LOCKS_PER_SESSION_DEFAULT = 10_000;
  static final int SESSIONS_MAX = 1_000_000;
  static final int OPERATIONS_REMEMBERED = 256;

  static final int DEMANDS_MAX = 64;
  static final int OWNER_BYTES_MAX = 128;
  static final int LABEL_LENGTH_MAX = 1_024;
  static final int CLIENT_ID_LENGTH_MAX = 64;
  static final int NONCE_BYTES = 16;
  static final int SECRET_HASH_BYTES = 32;
  static final int NAME_SHOWN_MAX = 64;

  static final long TTL_MILLIS_MIN = 100;
  static final long TTL_MILLIS_MAX = 86_400_000;

  private Limits() {}
}
