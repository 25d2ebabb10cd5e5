package dev.holdfast.client;

import java.nio.ByteBuffer;

/**
 * What a holder has left with a lock.
 *
 * @param bytes at most 4,096; read-only, with a position of its own for whoever duplicates it
 * @param valid false after a holder that could have changed it ended uncleanly: what it stands for
 *     may be half done
 * @param token of the grant that set it
 * @param revision when it was set, or became invalid
 */
public record LockValue(ByteBuffer bytes, boolean valid, long token, long revision) {
  /** A copy of the bytes. */
  public byte[] toByteArray() {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }
}
