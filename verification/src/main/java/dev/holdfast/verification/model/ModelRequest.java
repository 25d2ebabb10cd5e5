package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.List;
import java.util.SortedMap;

/**
 * A request that is being decided, or waits.
 *
 * @param ticket the revision at which it entered
 * @param sessionId whose it is
 * @param sequence the session's number for it
 * @param owner the owner key inside the session
 * @param demands what was asked for, merged, in name order, without intentions
 * @param effective what that means lock by lock: the demands and the intentions on the locks above
 * @param queuedAtMillis on the cluster clock
 * @param waitUntilMillis on the cluster clock; {@link Long#MAX_VALUE} for no limit
 * @param leaseMillis the fixed lease that it asks for; 0 for none
 */
public record ModelRequest(
    long ticket,
    long sessionId,
    long sequence,
    String owner,
    List<Demand> demands,
    SortedMap<String, LockMode> effective,
    long queuedAtMillis,
    long waitUntilMillis,
    long leaseMillis) {}
