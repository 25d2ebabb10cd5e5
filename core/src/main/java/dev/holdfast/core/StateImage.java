package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.SnapshotRecord;
import java.util.Iterator;

/**
 * A machine's state at one revision, which does not change any more. Safe for use by any thread.
 */
public interface StateImage {

  /** The revision of this state. */
  long revision();

  /** Everything in it, in an order that depends on content alone. May be called several times. */
  Iterator<SnapshotRecord> records();
}
