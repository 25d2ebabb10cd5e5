package dev.holdfast.replication;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands.
 *
 * @param role what it is
 * @param term the term of the last leader that it knew, 0 before the first
 * @param leader the leader that it knows, or null
 * @param lastLogIndex the last entry in its log, be it committed or not
 * @param committedIndex the last entry that it knows to be committed
 * @param appliedIndex the last entry that its replica has applied
 * @param members the voters as of the last configuration that it has seen
 * @param leaderSilenceMillis how long ago, by the monotonic clock, it last heard from a leader; for
 *     the leader itself, since when no majority has answered it; {@link Long#MAX_VALUE} if never
 */
public record LogStatus(
    Role role,
    long term,
    @Nullable NodeId leader,
    long lastLogIndex,
    long committedIndex,
    long appliedIndex,
    List<Member> members,
    long leaderSilenceMillis) {
  public LogStatus {
    members = List.copyOf(members);
  }
}
