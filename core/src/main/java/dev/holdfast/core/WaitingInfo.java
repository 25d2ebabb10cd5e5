package dev.holdfast.core;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/**
 * A waiting request, as a reader sees it.
 *
 * @param ticket the revision at which it entered: smaller is earlier
 * @param sessionId whose it is
 * @param sequence the session's number for it
 * @param owner the owner key inside the session
 * @param demands the locks and modes that were asked for
 * @param queuedAtMillis on the cluster clock
 * @param waitUntilMillis on the cluster clock; {@link Long#MAX_VALUE} when it waits without limit
 * @param leaseMillis the fixed lease that it asks for; 0 for none
 * @param priority the lowest in a deadlock is refused
 * @param convertsToken the grant for which it wants other modes, by the token that it had when this
 *     was asked; 0 if none
 */
public record WaitingInfo(
    long ticket,
    long sessionId,
    long sequence,
    String owner,
    List<Demand> demands,
    long queuedAtMillis,
    long waitUntilMillis,
    long leaseMillis,
    int priority,
    long convertsToken) {}
