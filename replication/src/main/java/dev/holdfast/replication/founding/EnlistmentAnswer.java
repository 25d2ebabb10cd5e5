package dev.holdfast.replication.founding;

/**
 * The answer to an {@link Enlistment}.
 *
 * @param accepted whether the node has started with the incarnation
 * @param incarnation the one that it has now
 * @param reason why not
 */
record EnlistmentAnswer(boolean accepted, int incarnation, String reason) {}
