package dev.holdfast.client;

/**
 * A stretch in which somebody held a lock by name.
 *
 * @param token the fencing token
 * @param sessionId whose it was
 * @param owner the owner key inside the session
 * @param label host, pid, user, program; empty if it is not known
 * @param mode in which mode; empty for permits
 * @param permits how many; 0 for a mode
 * @param limit how many the semaphore had; 0 for a mode
 * @param fromRevision the first step; the token, unless a conversion downwards began the stretch
 * @param fromClockMillis on the cluster clock; 0 if the record does not have the beginning
 * @param fromWallMillis the node's time of day; 0 if the record does not have the beginning
 * @param untilRevision the step that ended it; 0 if it is held still; the first step of the gap if
 *     the end is in one
 * @param untilClockMillis on the cluster clock; 0 likewise
 * @param untilWallMillis the node's time of day; 0 likewise
 * @param end why it ended, such as {@code RELEASED}; {@code HELD} if it is held still, {@code
 *     UNKNOWN} if nothing is known of the end
 * @param operator who took it away; empty unless it was force-released
 * @param reason why it was taken away; empty likewise
 */
public record PastOwner(
    long token,
    long sessionId,
    String owner,
    String label,
    String mode,
    int permits,
    int limit,
    long fromRevision,
    long fromClockMillis,
    long fromWallMillis,
    long untilRevision,
    long untilClockMillis,
    long untilWallMillis,
    String end,
    String operator,
    String reason) {}
