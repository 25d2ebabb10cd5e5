package dev.holdfast.core;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/**
 * A grant, as a reader sees it.
 *
 * @param token its fencing token
 * @param sessionId whose it is
 * @param owner the owner key inside the session
 * @param demands the locks and modes that were asked for, without intentions on ancestors
 * @param ticket the revision at which the request entered
 * @param grantedAtMillis on the cluster clock
 * @param expiresAtMillis on the cluster clock; 0 when kept alive with the session
 */
public record GrantInfo(
    long token,
    long sessionId,
    String owner,
    List<Demand> demands,
    long ticket,
    long grantedAtMillis,
    long expiresAtMillis) {}
