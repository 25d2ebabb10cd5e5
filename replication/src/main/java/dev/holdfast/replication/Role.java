package dev.holdfast.replication;

/** What a node is in its cluster at this moment. */
public enum Role {
  /** Not a voter yet: reads its disk, or waits until all initial members have met once. */
  STARTING,
  /** Follows a leader, or has lost sight of one and asks the others whether it may stand. */
  FOLLOWER,
  /** Stands for election. */
  CANDIDATE,
  /** Was elected. May propose only from {@link Replica#onLeadershipGained} on. */
  LEADER,
  /**
   * Has an empty disk while the cluster exists without it, so it must not vote under its old
   * identity; waits until the leader adds it or replaces its former self.
   */
  WAITING_TO_JOIN,
  /** Closed, or ended by a fatal error. */
  STOPPED
}
