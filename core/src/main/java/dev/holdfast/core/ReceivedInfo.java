package dev.holdfast.core;

/**
 * A grant that was handed over to its session, as a reader sees it.
 *
 * @param grant as it is
 * @param fromSessionId who gave it; that session may be gone
 * @param fromToken the giver's token, which is not current
 */
public record ReceivedInfo(GrantInfo grant, long fromSessionId, long fromToken) {}
