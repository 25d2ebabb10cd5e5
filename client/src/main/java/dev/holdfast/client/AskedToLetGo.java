package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asks a holder to give a grant back. Nothing changes by it: the holder decides.
 *
 * @param token the grant's
 * @param bySession who waits for it; null if an operator asks
 * @param operator who asks; empty if a session does
 * @param detail for a person; may be empty
 */
public record AskedToLetGo(
    FencingToken token, @Nullable SessionId bySession, String operator, String detail) {}
