package dev.holdfast.core;

/**
 * Bounds that every node must draw alike. They are part of the machine's rules, not of a node's
 * configuration: to change one is to change the format of the log.
 */
final class Limits {
  /** Most answers kept for a session until it acknowledges them. */
  static final int STORED_ANSWERS_MAX = 1_024;

  /**
   * Most answers kept for a session whatever it does: what no limit refuses is answered as well.
   * Beyond it the answer to the smallest number is dropped, and the number counts as acknowledged.
   */
  static final int KEPT_ANSWERS_MAX = 4_096;

  /** Most requests of a session that may wait. */
  static final int WAITING_PER_SESSION_MAX = 1_024;

  static final int QUEUE_LENGTH_MAX = 1_000_000;

  /** Most pairs of a waiting request and an earlier one that it has passed. */
  static final int PASSINGS_MAX = 100_000;

  static final int LOCKS_PER_SESSION_DEFAULT = 10_000;

  /** Most locks that a session may ask to be allowed. */
  static final int LOCKS_PER_SESSION_MAX = 1_000_000;

  static final int SESSIONS_MAX = 1_000_000;
  static final int OPERATIONS_REMEMBERED = 256;

  /** Most operations of a client that are remembered, beside those that wait. */
  static final int CLIENT_OPERATIONS_REMEMBERED = 1_024;

  /** Most clients of whom it is remembered when their last session ended. */
  static final int CLIENT_ENDS_REMEMBERED = 4_096;

  static final int DEMANDS_MAX = 64;
  static final int OWNER_BYTES_MAX = 128;
  static final int LABEL_LENGTH_MAX = 1_024;
  static final int CLIENT_ID_LENGTH_MAX = 64;
  static final int NONCE_BYTES = 16;
  static final int OPERATION_ID_BYTES = 16;
  static final int SECRET_HASH_BYTES = 32;
  static final int NAME_SHOWN_MAX = 64;

  static final long TTL_MILLIS_MIN = 100;
  static final long TTL_MILLIS_MAX = 86_400_000;

  static final int VALUE_BYTES_MAX = 4_096;
  static final int VALUES_MAX = 16_384;

  /** Longest at-least-for and longest lock delay. */
  static final long RESERVED_MILLIS_MAX = 86_400_000;

  /** Most grants, waiting requests and reservations that reserve locks, or may do so. */
  static final int RESERVATIONS_MAX = 100_000;

  static final int REVOCATION_DETAIL_LENGTH_MAX = 256;
  static final int DEADLOCKS_REMEMBERED = 64;

  /** Most members of a cycle that are told. */
  static final int CYCLE_SHOWN_MAX = 64;

  /** Most bytes of one append. */
  static final int APPEND_BYTES_MAX = 1_048_576;

  /** Most bytes of all files together. */
  static final long FILE_BYTES_MAX = 67_108_864;

  /** Most files that have been written to. */
  static final int FILES_MAX = 10_000;

  private Limits() {}
}
