package dev.holdfast.client;

/**
 * How a question was answered.
 *
 * @param consistency as of the leader's now, or from the node's own map
 * @param revision of the map that answered
 * @param nodeId who answered
 * @param leaderHeardMillisAgo when that node last had word of a leader; -1 if never
 * @param clockMillis the cluster's clock in that map
 */
public record ReadInfo(
    Consistency consistency,
    long revision,
    String nodeId,
    long leaderHeardMillisAgo,
    long clockMillis) {}
