package dev.holdfast.server.node;

import dev.holdfast.replication.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands.
 *
 * @param leader the leader that it knows, or null
 * @param leaderEndpoint where clients reach that leader, or null if it is not known
 * @param leaderHeardMillisAgo how long ago it had word of a leader; -1 if never
 * @param sessionsAttached sessions with a stream at this node
 * @param answersPending requests without a final answer at this node
 * @param entriesProposed entries that this node has put into the log
 * @param commandsProposed commands in them
 * @param requestsTurnedAway requests that it did not take in because it had too many
 */
public record NodeReport(
    @Nullable NodeId leader,
    @Nullable String leaderEndpoint,
    long leaderHeardMillisAgo,
    int sessionsAttached,
    int answersPending,
    long entriesProposed,
    long commandsProposed,
    long requestsTurnedAway) {}
