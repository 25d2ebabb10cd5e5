package dev.holdfast.core;

import com.google.protobuf.ByteString;

/**
 * What a holder has left with a lock.
 *
 * @param value at most 4,096 bytes
 * @param valid false after a holder that could have changed it ended uncleanly
 * @param token the fencing token of the grant that set it
 * @param revision when it was set, or became invalid
 */
public record LockValue(ByteString value, boolean valid, long token, long revision) {}
