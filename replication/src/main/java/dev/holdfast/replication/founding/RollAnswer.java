package dev.holdfast.replication.founding;

import dev.holdfast.replication.disk.FoundingRecord;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link RollCall}.
 *
 * @param node who answers
 * @param disk the name of its disk
 * @param voter whether it may have voted from that disk: the cluster exists
 * @param sameMembers whether it was configured with the same initial members
 * @param founding how the cluster began, if it knows
 */
record RollAnswer(
    String node,
    String disk,
    boolean voter,
    boolean sameMembers,
    @Nullable FoundingRecord founding) {}
