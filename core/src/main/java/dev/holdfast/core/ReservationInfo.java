package dev.holdfast.core;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/**
 * Locks that nobody holds and nobody can have yet, as a reader sees them.
 *
 * @param token the fencing token of the grant that has ended; it is not current
 * @param sessionId whose grant it was; that session may be gone
 * @param owner the owner key inside the session
 * @param demands the locks, and the modes in which they are reserved
 * @param untilMillis when it ends, on the cluster clock
 */
public record ReservationInfo(
    long token, long sessionId, String owner, List<Demand> demands, long untilMillis) {}
