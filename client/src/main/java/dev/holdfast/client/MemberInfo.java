package dev.holdfast.client;

/**
 * A member of the cluster, as one node sees it.
 *
 * @param nodeId its name
 * @param incarnation how often it was replaced after losing its disk
 * @param peerAddress where other nodes reach it
 * @param clientEndpoint where clients reach it; empty if not known yet
 * @param leader whether it leads
 * @param revision the last that it said to have applied; -1 if it has not been heard of
 * @param heardMillisAgo when it was last heard of
 */
public record MemberInfo(
    String nodeId,
    int incarnation,
    String peerAddress,
    String clientEndpoint,
    boolean leader,
    long revision,
    long heardMillisAgo) {}
