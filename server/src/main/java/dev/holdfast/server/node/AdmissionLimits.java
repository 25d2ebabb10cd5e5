package dev.holdfast.server.node;

/**
 * What a node lets in. Renewals, releases, cancels and closes are refused by none of these.
 *
 * @param frameBytesMax largest frame of a client
 * @param requestsPerSessionMax most requests of one session without a final answer, waiting ones
 *     included
 * @param sessionsMax most sessions attached to this node
 * @param commandsWaitingMax most commands of this node's clients that are not in the log yet
 * @param queueLengthMax most requests that may wait at one lock
 * @param ttlMillisMin shortest time to live of a session
 * @param ttlMillisMax longest time to live of a session
 * @param readsWaitingMax most reads that wait for a word of the leader
 */
public record AdmissionLimits(
    int frameBytesMax,
    int requestsPerSessionMax,
    int sessionsMax,
    int commandsWaitingMax,
    int queueLengthMax,
    long ttlMillisMin,
    long ttlMillisMax,
    int readsWaitingMax) {
  /** Room for thousands of clients; sessions live 1 s to 10 min without a renewal. */
  public static final AdmissionLimits DEFAULT =
      new AdmissionLimits(2 << 20, 4_096, 20_000, 20_000, 100_000, 1_000, 600_000, 20_000);

  public AdmissionLimits {
    if (frameBytesMax < 1_024
        || requestsPerSessionMax < 1
        || sessionsMax < 1
        || commandsWaitingMax < 1
        || queueLengthMax < 1
        || readsWaitingMax < 1) {
      throw new IllegalArgumentException("the limits of admission are positive");
    }
    if (ttlMillisMin < 1 || ttlMillisMax < ttlMillisMin) {
      throw new IllegalArgumentException("a session lives for a positive time");
    }
  }
}
