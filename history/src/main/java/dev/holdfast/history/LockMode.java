package dev.holdfast.history;

/** The mode in which a lock is asked for or held. */
public enum LockMode {
  /** Null: conflicts with nothing. */
  NL,
  /** Intention shared. */
  IS,
  /** Intention exclusive. */
  IX,
  /** Shared: the read lock. */
  S,
  /** Shared with intention exclusive. */
  SIX,
  /** Exclusive: the mutex and the write lock. */
  X,
  /** None of the modes: permits of a semaphore. */
  PERMITS
}
