package dev.holdfast.client;

import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.FencingToken;

/**
 * Word of a grant that ended otherwise than by its holder's release.
 *
 * @param token the grant's token
 * @param reason how it ended
 * @param detail for a person: the operator and their reason, if it was one; may be empty
 */
public record GrantLoss(FencingToken token, LossReason reason, String detail) {}
