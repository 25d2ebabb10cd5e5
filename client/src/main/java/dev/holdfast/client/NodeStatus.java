package dev.holdfast.client;

import java.util.List;

/**
 * What a node says about itself.
 *
 * @param nodeId its name
 * @param role LEADER, FOLLOWER, CANDIDATE, ...
 * @param term of the log
 * @param leaderId who leads; empty if nobody is known to
 * @param leaderEndpoint where clients reach the leader; empty if not known
 * @param lastLogIndex last entry of its log
 * @param committedIndex last that it knows to be on a majority
 * @param appliedIndex last that is in its map
 * @param revision of its map
 * @param mapRevision of the last step that changed grants or queues
 * @param clockMillis the cluster's clock in its map
 * @param stateHash equal on every node at equal revision; in hexadecimal
 * @param sessions alive
 * @param locks held or waited for
 * @param waiting requests that wait
 * @param leaderHeardMillisAgo when it last had word of a leader; -1 if never
 * @param members of the cluster
 * @param version of its program
 * @param connections of clients
 * @param entriesProposed log entries since it started
 * @param commandsProposed commands in them
 * @param doors where it lets clients in
 */
public record NodeStatus(
    String nodeId,
    String role,
    long term,
    String leaderId,
    String leaderEndpoint,
    long lastLogIndex,
    long committedIndex,
    long appliedIndex,
    long revision,
    long mapRevision,
    long clockMillis,
    String stateHash,
    int sessions,
    int locks,
    int waiting,
    long leaderHeardMillisAgo,
    List<MemberInfo> members,
    String version,
    int connections,
    long entriesProposed,
    long commandsProposed,
    List<DoorStatus> doors) {}
