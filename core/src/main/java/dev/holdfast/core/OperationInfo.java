package dev.holdfast.core;

import dev.holdfast.protocol.v1.Answer;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a client that asks by operation ids.
 *
 * @param sequence the number that the map has given it in its session
 * @param answer the stored answer, or that it waits; null if it was refused by a limit, which is
 *     not kept
 */
public record OperationInfo(long sessionId, long sequence, @Nullable Answer answer) {}
