package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;

/**
 * What a holder left with a lock.
 *
 * @param lock its name
 * @param value up to 4,096 bytes
 * @param valid not since a holder that could have changed it ended uncleanly
 * @param token of the grant that set it
 * @param revision when it was set or became invalid
 */
record ModelValue(String lock, ByteString value, boolean valid, long token, long revision) {}
