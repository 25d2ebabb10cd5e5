package dev.holdfast.client;

import dev.holdfast.protocol.v1.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * How a lock is held. {@link #X} is a mutex and a write lock, {@link #S} a read lock. The others
 * belong to locking of whole subtrees; see {@link LockTree}.
 */
public enum Mode {
  /** Null: conflicts with nothing. */
  NL(LockMode.LOCK_MODE_NL),
  /** Intention to read something below. */
  IS(LockMode.LOCK_MODE_IS),
  /** Intention to write something below. */
  IX(LockMode.LOCK_MODE_IX),
  /** Shared: any number of readers, no writer. */
  S(LockMode.LOCK_MODE_S),
  /** Shared, with the intention to write something below. */
  SIX(LockMode.LOCK_MODE_SIX),
  /** Exclusive. */
  X(LockMode.LOCK_MODE_X);

  private final LockMode wire;

  Mode(LockMode wire) {
    this.wire = wire;
  }

  LockMode wire() {
    return wire;
  }

  /** The mode for a node's word; null for permits. */
  static @Nullable Mode of(LockMode wire) {
    return wire == LockMode.LOCK_MODE_UNSPECIFIED ? null : known(wire);
  }

  /**
   * The mode for a node's word; a word from a newer node, which we do not know, counts as
   * exclusive.
   */
  static Mode known(LockMode wire) {
    for (Mode mode : values()) {
      if (mode.wire == wire) {
        return mode;
      }
    }
    return X;
  }
}
